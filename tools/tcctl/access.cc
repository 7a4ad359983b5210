#include "tools/tcctl/access.h"

#include <fstream>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/tls/ciphers.h"
#include "tools/tcctl/dev_suite.h"
#include "tools/tcctl/tls_access.h"

namespace tc::ctl {

namespace {

absl::StatusOr<std::string> ReadToken(const std::string& file) {
  if (file.empty()) return "";
  std::ifstream in(file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const std::string token(absl::StripAsciiWhitespace(text));
  if (!in || token.empty()) return absl::NotFoundError(absl::StrCat("cannot read --token ", file));
  return token;
}

bool UsesTls(const Context& context) {
  return !context.tls.certificate.empty() || !context.tls.private_key.empty() || !context.tls.ca.empty();
}

absl::Status CheckTls(const Context& context) {
  const tls::Files& tls = context.tls;
  if (!tls.certificate.empty() && !tls.private_key.empty() && !tls.ca.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError("--tls-cert, --tls-key and --tls-ca go together");
}

}  // namespace

absl::StatusOr<std::shared_ptr<dev::Access>> AccessTo(const Context& context, const std::string& address) {
  if (!UsesTls(context)) {
    if (!context.token_file.empty())
      return absl::InvalidArgumentError("--token goes with --tls-cert, --tls-key and --tls-ca");
    return dev::DevelopmentAccess(address, TRY(dev::DevelopmentKey(context.data)));
  }
  TRY(CheckTls(context));
  tls::Restrict();
  return dev::TlsAccess(address, context.tls, TRY(ReadToken(context.token_file)));
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> ChannelTo(const Context& context, const std::string& address) {
  if (!UsesTls(context)) return dev::Connect(address);
  return TRY(AccessTo(context, address))->ChannelOf(dev::Portal());
}

}  // namespace tc::ctl
