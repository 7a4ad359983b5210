#include "tests/e2e/kannel.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/base/status.h"
#include "tests/e2e/web.h"

namespace tc::e2e {
namespace {

constexpr char kBearerbox[] = "/usr/sbin/bearerbox";
constexpr char kSmsbox[] = "/usr/sbin/smsbox";
constexpr char kFakeOperator[] = "/usr/lib/kannel/test/fakesmsc";
constexpr char kSendPassword[] = "send-secret";
constexpr char kStatusPassword[] = "status-secret";

using Places = std::vector<std::pair<std::string, std::string>>;

// The file of deploy/otp with another value at each of the places, all of which must be in it.
absl::Status Fill(const std::string& name, const std::string& to, const Places& places) {
  std::string text = Contents(absl::StrCat(TC_SOURCE, "/deploy/otp/", name));
  for (const auto& [from, with] : places) {
    if (absl::StrReplaceAll({{from, with}}, &text) == 0)
      return absl::NotFoundError(absl::StrCat("deploy/otp/", name, " has no ", from));
  }
  std::ofstream file(to);
  file << text;
  file.close();
  return file ? absl::OkStatus() : absl::UnknownError(absl::StrCat("cannot write ", to));
}

absl::StatusOr<std::unique_ptr<dev::Process>> Launch(const std::vector<std::string>& line,
                                                     const std::string& log) {
  return std::make_unique<dev::Process>(TRY(dev::Process::Start(line, log)));
}

std::string FromUrl(absl::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += absl::HexStringToBytes(text.substr(i + 1, 2));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

// UCS-2, big end first, without surrogates, as UTF-8.
std::string FromUcs2(absl::string_view bytes) {
  std::string out;
  for (size_t i = 0; i + 1 < bytes.size(); i += 2) {
    const unsigned c = static_cast<unsigned char>(bytes[i]) * 256U + static_cast<unsigned char>(bytes[i + 1]);
    if (c < 0x80) {
      out += static_cast<char>(c);
    } else if (c < 0x800) {
      out += {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 0x3F))};
    } else {
      out += {static_cast<char>(0xE0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3F)),
              static_cast<char>(0x80 | (c & 0x3F))};
    }
  }
  return out;
}

// Segments that wait for the others of their message.
using Parts = std::map<int, std::string>;

}  // namespace

std::vector<Sms> ReadFakeOperator(absl::string_view log) {
  std::vector<Sms> messages;
  std::map<std::string, Parts> open;
  for (absl::string_view line : absl::StrSplit(log, '\n')) {
    const size_t begin = line.find(": <");
    if (!absl::StrContains(line, "Got message") || begin == absl::string_view::npos) continue;
    if (!absl::ConsumeSuffix(&line, ">")) continue;  // not written to its end yet
    const std::vector<std::string> word = absl::StrSplit(line.substr(begin + 3), absl::MaxSplits(' ', 5));
    if (word.size() == 4) {
      messages.push_back({word[0], word[1], FromUcs2(FromUrl(word[3])), 1});
    } else if (word.size() == 6 && word[2] == "udh") {
      const std::string header = FromUrl(word[3]);  // 05 00 03, reference, parts, part
      if (header.size() != 6) continue;
      Parts& parts = open[word[1] + header[3]];
      parts[header[5]] = FromUrl(word[5]);
      if (static_cast<int>(parts.size()) != header[4]) continue;
      std::string whole;
      for (const auto& [place, part] : parts) whole += part;
      messages.push_back({word[0], word[1], FromUcs2(whole), header[4]});
      parts.clear();
    }
  }
  return messages;
}

absl::StatusOr<std::unique_ptr<Kannel>> Kannel::Start() {
  absl::Status status;
  // Between finding a free port and listening on it another program may take it.
  for (int attempt = 0; attempt < 3; ++attempt) {
    std::unique_ptr<Kannel> kannel(new Kannel);
    status = kannel->StartAll();
    if (status.ok()) return kannel;
    status = absl::UnavailableError(absl::StrCat(status.message(), "\n", kannel->Logs()));
  }
  return status;
}

absl::Status Kannel::Configure() {
  std::filesystem::create_directories(directory());
  admin_port_ = FreePort();
  operator_port_ = FreePort();
  send_port_ = FreePort();
  const std::string boxes = absl::StrCat(FreePort());
  TRY(Fill("kannel.conf", directory() + "/kannel.conf",
           {{"/var/log/kannel", directory()},
            {"/etc/kannel", directory()},
            {"admin-port = 13000", absl::StrCat("admin-port = ", admin_port_)},
            {"smsbox-port = 13001", "smsbox-port = " + boxes},
            {"sendsms-port = 13013", absl::StrCat("sendsms-port = ", send_port_)},
            {"sms-resend-freq = 10", "sms-resend-freq = 1"},
            {"CHANGE-ME-ADMIN", "admin-secret"},
            {"CHANGE-ME-STATUS", kStatusPassword},
            {"CHANGE-ME-SENDSMS", kSendPassword}}));
  TRY(Fill("kannel-fake.conf", directory() + "/smsc.conf",
           {{"port = 10000", absl::StrCat("port = ", operator_port_)}}));
  std::ofstream(password_file()) << kSendPassword << "\n";
  ::chmod(password_file().c_str(), 0600);
  return absl::OkStatus();
}

absl::Status Kannel::StartAll() {
  TRY(Configure());
  const std::string configuration = directory() + "/kannel.conf";
  bearerbox_ = TRY(Launch({kBearerbox, "-v", "4", configuration}, directory() + "/bearerbox.out"));
  if (!Eventually([&] { return absl::StrContains(Status(), "Status: running") || !bearerbox_->Running(); }))
    return absl::UnavailableError("bearerbox does not answer");
  smsbox_ = TRY(Launch({kSmsbox, "-v", "4", configuration}, directory() + "/smsbox.out"));
  if (!Eventually([&] { return absl::StrContains(Status(), "smsbox:") && ListensOn(send_port_); }))
    return absl::UnavailableError("smsbox does not connect");
  return ConnectOperator();
}

std::string Kannel::Status() const {
  return HttpGet(absl::StrCat("http://127.0.0.1:", admin_port_, "/status.txt?password=", kStatusPassword))
      .value_or("");
}

std::string Kannel::url() const { return absl::StrCat("http://127.0.0.1:", send_port_, "/cgi-bin/sendsms"); }

std::string Kannel::Written() const {
  std::string all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory()))
    all += entry.is_regular_file() ? Contents(entry.path().string()) : "";
  return all;
}

std::vector<Sms> Kannel::Received() const { return ReadFakeOperator(OperatorLog()); }

std::string Kannel::OperatorLog() const { return Contents(directory_.path() + "/operator.log"); }

std::optional<Sms> Kannel::Await(absl::string_view to, absl::Duration patience) const {
  std::optional<Sms> found;
  Eventually(
      [&] {
        for (const Sms& sms : Received()) {
          if (sms.to == to) found = sms;
        }
        return found.has_value();
      },
      patience);
  return found;
}

absl::Status Kannel::ConnectOperator() {
  // The words at the end are a message of its own making, of which it sends none.
  operator_ = TRY(Launch(
      {kFakeOperator, "-H", "127.0.0.1", "-r", absl::StrCat(operator_port_), "-m", "0", "1 2 text nop"},
      directory_.path() + "/operator.log"));
  const bool online = Eventually([&] { return absl::StrContains(Status(), "(online"); });
  return online ? absl::OkStatus() : absl::UnavailableError("the operator does not come online");
}

void Kannel::DisconnectOperator() {
  operator_->Kill();
  Eventually([&] { return !absl::StrContains(Status(), "(online"); });
}

void Kannel::Stop() {
  smsbox_.reset();
  bearerbox_.reset();
  operator_.reset();
}

std::string Kannel::Logs() const {
  std::string logs = Status();
  for (const char* name : {"bearerbox.out", "bearerbox.log", "smsbox.out", "smsbox.log", "access.log"})
    absl::StrAppend(&logs, "---- ", name, "\n", Contents(absl::StrCat(directory(), "/", name)));
  return logs;
}

}  // namespace tc::e2e
