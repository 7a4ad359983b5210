#include "tools/tcctl/tls_access.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/crypto/guarded_file.h"

namespace tc::dev {

namespace {

using crypto::Guard;
using crypto::ReadGuarded;

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
  options.pem_root_certs = std::string(TRY(ReadGuarded(files.ca, Guard::kPublic)).Reveal());
  options.pem_cert_chain = std::string(TRY(ReadGuarded(files.certificate, Guard::kPublic)).Reveal());
  options.pem_private_key = std::string(TRY(ReadGuarded(files.private_key, Guard::kSecret)).Reveal());
  return grpc::SslCredentials(options);
}

absl::StatusOr<std::shared_ptr<Access>> TlsAccess(const std::string& target, const tls::Files& files,
                                                  std::string assertion) {
  return std::make_shared<Tls>(Connect(target, TRY(TlsCredentials(files))), std::move(assertion));
}

}  // namespace tc::dev
