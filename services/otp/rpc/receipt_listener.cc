#include "services/otp/rpc/receipt_listener.h"

#include <microhttpd.h>
#include <netdb.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/status.h"
#include "common/rpc/address.h"
#include "services/otp/rpc/receipt_address.h"
#include "services/otp/rpc/receipt_connections.h"
#include "services/otp/rpc/receipts.h"

namespace tc::otp {
namespace {

constexpr size_t kMaxBody = 16 * 1024;
constexpr size_t kConnectionMemory = 32 * 1024;  // head of the request, and the piece of body under way
constexpr absl::Duration kStopPatience = absl::Seconds(1);
constexpr char kRetryAfter[] = "30";
constexpr char kTls13Only[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3";
constexpr char kTls12Too[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

struct Request {
  std::string target;  // as it came: path and query
  std::string body = {};
  bool begun = false;
  bool too_large = false;
};

struct CloseDaemon {
  void operator()(MHD_Daemon* daemon) const { MHD_stop_daemon(daemon); }
};
struct FreeResponse {
  void operator()(MHD_Response* response) const { MHD_destroy_response(response); }
};
struct FreeAddresses {
  void operator()(addrinfo* addresses) const { freeaddrinfo(addresses); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

absl::Status CannotListen(const std::string& listen) {
  return absl::FailedPreconditionError(absl::StrCat("cannot listen on ", listen));
}

absl::StatusOr<Addresses> Resolve(const std::string& listen) {
  const size_t colon = listen.rfind(':');
  if (colon == std::string::npos || colon == 0) return CannotListen(listen);
  absl::string_view host = absl::string_view(listen).substr(0, colon);
  if (absl::ConsumePrefix(&host, "[") != absl::ConsumeSuffix(&host, "]")) return CannotListen(listen);
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string name(host);
  if (getaddrinfo(name.c_str(), listen.c_str() + colon + 1, &hints, &found) != 0) return CannotListen(listen);
  return Addresses(found);
}

absl::StatusOr<std::string> ReadPem(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  if (!in) return absl::FailedPreconditionError(absl::StrCat(file, ": cannot be read"));
  return bytes.str();
}

int CodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return MHD_HTTP_NO_CONTENT;
    case absl::StatusCode::kNotFound:
      return MHD_HTTP_NOT_FOUND;
    case absl::StatusCode::kUnauthenticated:
      return MHD_HTTP_UNAUTHORIZED;
    case absl::StatusCode::kInvalidArgument:
      return MHD_HTTP_BAD_REQUEST;
    default:
      return MHD_HTTP_SERVICE_UNAVAILABLE;
  }
}

MHD_Result Queue(MHD_Connection* connection, int code) {
  static char nothing[] = "";
  const std::unique_ptr<MHD_Response, FreeResponse> response(
      MHD_create_response_from_buffer(0, nothing, MHD_RESPMEM_PERSISTENT));
  if (response == nullptr) return MHD_NO;
  if (code == MHD_HTTP_METHOD_NOT_ALLOWED)
    MHD_add_response_header(response.get(), MHD_HTTP_HEADER_ALLOW, "GET, POST");
  if (code == MHD_HTTP_SERVICE_UNAVAILABLE)
    MHD_add_response_header(response.get(), MHD_HTTP_HEADER_RETRY_AFTER, kRetryAfter);
  return MHD_queue_response(connection, static_cast<unsigned>(code), response.get());
}

using Pairs = std::map<std::string, std::string>;

MHD_Result KeepQuery(void* pairs, MHD_ValueKind, const char* name, size_t name_size, const char* value,
                     size_t value_size) {
  (*static_cast<Pairs*>(pairs))[std::string(name, name_size)] =
      value == nullptr ? "" : std::string(value, value_size);
  return MHD_YES;
}

MHD_Result KeepHeader(void* pairs, MHD_ValueKind kind, const char* name, size_t name_size, const char* value,
                      size_t value_size) {
  const std::string lower = absl::AsciiStrToLower(absl::string_view(name, name_size));
  return KeepQuery(pairs, kind, lower.data(), lower.size(), value, value_size);
}

// "/receipts/sms/abc?x=1" → sms, abc; both empty for another path.
std::pair<absl::string_view, absl::string_view> ProviderAndToken(absl::string_view target) {
  absl::string_view path = target.substr(0, target.find('?'));
  if (!absl::ConsumePrefix(&path, kReceiptsPath)) return {};
  const size_t slash = path.find('/');
  if (slash == absl::string_view::npos) return {};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

class Listener final : public ReceiptListener {
 public:
  Listener(const ReceiptListenerOptions& options, TakeReceiptCall take)
      : take_(std::move(take)), connections_(options.request_time) {}

  ~Listener() override {
    if (daemon_ == nullptr) return;
    const MHD_socket socket = MHD_quiesce_daemon(daemon_.get());
    connections_.AwaitNone(kStopPatience);
    daemon_.reset();
    if (socket != MHD_INVALID_SOCKET) ::close(socket);
  }

  absl::Status Open(const ReceiptListenerOptions& options) {
    const Addresses addresses = TRY(Resolve(options.listen));
    const bool tls = !options.certificate.empty();
    const std::string certificate = tls ? TRY(ReadPem(options.certificate)) : "";
    const std::string key = tls ? TRY(ReadPem(options.private_key)) : "";
    std::vector<MHD_OptionItem> items = Limits(options);
    const auto text = [](const std::string& s) { return const_cast<char*>(s.c_str()); };
    const std::string versions = options.allow_tls12 ? kTls12Too : kTls13Only;
    if (tls) {
      items.push_back({MHD_OPTION_HTTPS_MEM_CERT, 0, text(certificate)});
      items.push_back({MHD_OPTION_HTTPS_MEM_KEY, 0, text(key)});
      items.push_back({MHD_OPTION_HTTPS_PRIORITIES, 0, text(versions)});
    }
    items.push_back({MHD_OPTION_END, 0, nullptr});
    unsigned flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_ITC;
    if (tls) flags |= MHD_USE_TLS;
    if (addresses->ai_family == AF_INET6) flags |= MHD_USE_DUAL_STACK;
    daemon_.reset(MHD_start_daemon(
        flags, 0, nullptr, nullptr, &OnRequest, this, MHD_OPTION_SOCK_ADDR, addresses->ai_addr,
        MHD_OPTION_URI_LOG_CALLBACK, &OnTarget, this, MHD_OPTION_NOTIFY_COMPLETED, &OnCompleted, this,
        MHD_OPTION_NOTIFY_CONNECTION, &OnConnection, this, MHD_OPTION_ARRAY, items.data(), MHD_OPTION_END));
    if (daemon_ == nullptr) return CannotListen(options.listen);
    const MHD_DaemonInfo* const info = MHD_get_daemon_info(daemon_.get(), MHD_DAEMON_INFO_BIND_PORT);
    address_ = absl::StrCat(options.listen.substr(0, options.listen.rfind(':') + 1), info->port);
    url_ = options.url.empty() ? absl::StrCat(tls ? "https://" : "http://", address_) : options.url;
    return absl::OkStatus();
  }

  const std::string& address() const override { return address_; }
  const std::string& url() const override { return url_; }

 private:
  static std::vector<MHD_OptionItem> Limits(const ReceiptListenerOptions& options) {
    std::vector<MHD_OptionItem> items = {
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, kConnectionMemory, nullptr},
        {MHD_OPTION_CONNECTION_LIMIT, options.connections, nullptr},
        {MHD_OPTION_THREAD_POOL_SIZE, options.threads, nullptr},
        {MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, nullptr},
    };
    // Behind a proxy on this machine everybody has one address.
    if (!rpc::ListensLocally(options.listen))
      items.push_back({MHD_OPTION_PER_IP_CONNECTION_LIMIT, options.connections / 2, nullptr});
    return items;
  }

  static void* OnTarget(void*, const char* target, MHD_Connection*) { return new Request{.target = target}; }

  static void OnCompleted(void* self, MHD_Connection* connection, void** request,
                          MHD_RequestTerminationCode) {
    delete static_cast<Request*>(std::exchange(*request, nullptr));
    static_cast<Listener*>(self)->connections_.Renew(connection);
  }

  static void OnConnection(void* self, MHD_Connection* connection, void**,
                           MHD_ConnectionNotificationCode code) {
    ReceiptConnections& connections = static_cast<Listener*>(self)->connections_;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) return connections.Remove(connection);
    const MHD_ConnectionInfo* const info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    connections.Add(connection, info->connect_fd);
  }

  // Called once for the head, once for each piece of the body, and once more at its end. What is too much is
  // read and dropped: closing at once would take the answer from whoever is still sending.
  static MHD_Result OnRequest(void* self, MHD_Connection* connection, const char*, const char* method,
                              const char*, const char* piece, size_t* size, void** state) {
    Request& request = *static_cast<Request*>(*state);
    if (!std::exchange(request.begun, true)) return MHD_YES;
    if (*size == 0)
      return Queue(connection, static_cast<Listener*>(self)->Answer(connection, method, request));
    const size_t piece_size = std::exchange(*size, 0);
    request.too_large = request.too_large || request.body.size() + piece_size > kMaxBody;
    if (!request.too_large) request.body.append(piece, piece_size);
    return MHD_YES;
  }

  int Answer(MHD_Connection* connection, const std::string& method, const Request& request) const {
    if (method != MHD_HTTP_METHOD_GET && method != MHD_HTTP_METHOD_POST) {
      CountReceipt("", "method");
      return MHD_HTTP_METHOD_NOT_ALLOWED;
    }
    if (request.too_large) {
      CountReceipt("", "too_large");
      return MHD_HTTP_CONTENT_TOO_LARGE;
    }
    const auto [provider, token] = ProviderAndToken(request.target);
    if (token.empty()) {
      CountReceipt("", "unknown");
      return MHD_HTTP_NOT_FOUND;
    }
    ReceiptCall call{method, absl::StrCat(url_, request.target), {}, {}, request.body};
    MHD_get_connection_values_n(connection, MHD_GET_ARGUMENT_KIND, &KeepQuery, &call.query);
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, &KeepHeader, &call.headers);
    return CodeOf(take_(provider, token, call));
  }

  const TakeReceiptCall take_;
  ReceiptConnections connections_;
  std::string address_;
  std::string url_;
  std::unique_ptr<MHD_Daemon, CloseDaemon> daemon_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ReceiptListener>> ReceiptListener::Start(const ReceiptListenerOptions& options,
                                                                        TakeReceiptCall take) {
  auto listener = std::make_unique<Listener>(options, std::move(take));
  TRY(listener->Open(options));
  return listener;
}

}  // namespace tc::otp
