#include "tools/tcctl/tls_access.h"

#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace tc::dev {

namespace {

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  return text.str();
}

class Tls final : public Access {
 public:
  Tls(std::shared_ptr<grpc::Channel> channel, std::string assertion)
      : channel_(std::move(channel)), assertion_(std::move(assertion)) {}

  std::shared_ptr<grpc::Channel> ChannelOf(const Caller&) override { return channel_; }
  std::string AuthorizationOf(const Caller&) override {
    return assertion_.empty() ? "" : absl::StrCat("Bearer ", assertion_);
  }

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  const std::string assertion_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> TlsCredentials(const tls::Files& files) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = TRY(ReadFile(files.ca));
  options.pem_cert_chain = TRY(ReadFile(files.certificate));
  options.pem_private_key = TRY(ReadFile(files.private_key));
  return grpc::SslCredentials(options);
}

absl::StatusOr<std::shared_ptr<Access>> TlsAccess(const std::string& target, const tls::Files& files,
                                                  std::string assertion) {
  return std::make_shared<Tls>(Connect(target, TRY(TlsCredentials(files))), std::move(assertion));
}

}  // namespace tc::dev
