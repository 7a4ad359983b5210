#include "common/rpc/authenticator.h"

#include <array>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/crypto/hmac.h"
#include "common/rpc/address.h"
#include "common/rpc/assertion_cache.h"

namespace tc::rpc {
namespace {

constexpr std::array<std::pair<Role, const char*>, 10> kRoles = {{
    {Role::kPortal, "portal"},
    {Role::kService, "service"},
    {Role::kIdentityProvider, "identity-provider"},
    {Role::kServiceCentre, "service-centre"},
    {Role::kBank, "bank"},
    {Role::kPost, "post"},
    {Role::kOperator, "operator"},
    {Role::kMonitor, "monitor"},
    {Role::kGateway, "gateway"},
    {Role::kAuditor, "auditor"},
}};

absl::Status Unauthenticated(Reason reason, absl::string_view sentence) {
  return Refuse(absl::StatusCode::kUnauthenticated, reason, sentence);
}

absl::Status NotAPeer() {
  return Refuse(absl::StatusCode::kPermissionDenied, Reason::kRoleNotAllowed,
                "the client certificate does not name one peer of this suite");
}

// Lower-case letters, digits, inner hyphens: no encoding, no dots, no way to write one name in two ways (C-W
// 13, 14).
bool IsPeerName(absl::string_view name) {
  if (name.empty() || name.size() > 63 || name.front() == '-' || name.back() == '-') return false;
  for (const char c : name) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
  }
  return true;
}

// "<role>/<name>"
std::optional<Peer> ParsePeer(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '/');
  if (parts.size() != 2 || !IsPeerName(parts[1])) return std::nullopt;
  const std::optional<Role> role = ParseRole(parts[0]);
  if (!role.has_value()) return std::nullopt;
  return Peer{*role, std::string(parts[1])};
}

using SharedClaims = std::shared_ptr<const crypto::Claims>;

// The verified claims of the one bearer assertion; null when the call carries none.
class Assertions {
 public:
  explicit Assertions(PersonRules persons) : persons_(std::move(persons)) {}

  absl::StatusOr<SharedClaims> Read(const Credentials& credentials, absl::Time now) {
    SharedClaims& verified = credentials.verified;
    if (verified == nullptr || now >= *verified->expires_at) verified = TRY(LookAt(credentials, now));
    return verified;
  }

  absl::StatusOr<Person> PersonOf(const crypto::Claims& claims, absl::Time now) const {
    const absl::StatusOr<AccountId> account = AccountId::Parse(claims.subject);
    const absl::Time auth_time = claims.auth_time.value_or(absl::InfinitePast());
    if (!account.ok() || auth_time > now + persons_.rules.leeway) {
      return Unauthenticated(Reason::kCredentialsInvalid, "the assertion is not valid");
    }
    return Person{*account, auth_time, claims.session, claims.device, claims.methods};
  }

 private:
  absl::StatusOr<SharedClaims> LookAt(const Credentials& credentials, absl::Time now) {
    if (credentials.authorization.empty()) return SharedClaims();
    absl::string_view token = credentials.authorization.front();
    if (credentials.authorization.size() != 1 || !absl::ConsumePrefix(&token, "Bearer ")) {
      return Unauthenticated(Reason::kCredentialsInvalid, "authorization must be one bearer assertion");
    }
    const IssuerKeys::InForce keys = persons_.keys.Now();
    // An assertion by a key that is gone is not known any more (C-W 25).
    const std::string digest = absl::StrCat(keys.generation, ":", crypto::Sha256(token));
    if (SharedClaims known = verified_.Find(digest, now)) return known;
    auto claims =
        std::make_shared<const crypto::Claims>(TRY(keys.verifier->Verify(token, persons_.rules, now)));
    verified_.Keep(digest, claims);
    return SharedClaims(std::move(claims));
  }

  const PersonRules persons_;
  AssertionCache verified_;
};

class MutualTls final : public Authenticator {
 public:
  MutualTls(std::string trust_domain, PersonRules persons)
      : trust_domain_(std::move(trust_domain)), assertions_(std::move(persons)) {}

  absl::StatusOr<Peer> WhoCalls(const Credentials& credentials, absl::Time) override {
    return PeerOf(trust_domain_, credentials.peer_uris);
  }

  absl::StatusOr<std::optional<Person>> WhoIsSignedIn(const Credentials& credentials,
                                                      absl::Time now) override {
    const SharedClaims claims = TRY(assertions_.Read(credentials, now));
    if (claims == nullptr) return std::optional<Person>();
    return std::optional<Person>(TRY(assertions_.PersonOf(*claims, now)));
  }

 private:
  const std::string trust_domain_;
  Assertions assertions_;
};

class Development final : public Authenticator {
 public:
  Development(PersonRules persons, absl::Duration clock_offset)
      : assertions_(std::move(persons)), clock_offset_(clock_offset) {}

  absl::StatusOr<Peer> WhoCalls(const Credentials& credentials, absl::Time now) override {
    if (!CallsLocally(credentials.address)) {
      return Refuse(absl::StatusCode::kPermissionDenied, Reason::kRoleNotAllowed,
                    "a server in development serves its own machine only");
    }
    const SharedClaims claims = TRY(assertions_.Read(credentials, now - clock_offset_));
    if (claims == nullptr) return Unauthenticated(Reason::kCredentialsMissing, "an assertion is needed");
    const auto named = claims->extra.find("peer");
    const std::optional<Peer> peer = named == claims->extra.end() ? std::nullopt : ParsePeer(named->second);
    if (!peer.has_value()) return Unauthenticated(Reason::kCredentialsInvalid, "the assertion names no peer");
    return *peer;
  }

  absl::StatusOr<std::optional<Person>> WhoIsSignedIn(const Credentials& credentials,
                                                      absl::Time now) override {
    const absl::Time issuers_now = now - clock_offset_;
    const SharedClaims claims = TRY(assertions_.Read(credentials, issuers_now));
    if (claims == nullptr || claims->subject.empty()) return std::optional<Person>();
    Person person = TRY(assertions_.PersonOf(*claims, issuers_now));
    person.auth_time += clock_offset_;
    return std::optional<Person>(std::move(person));
  }

 private:
  Assertions assertions_;
  const absl::Duration clock_offset_;
};

}  // namespace

absl::StatusOr<Peer> PeerOf(const std::string& trust_domain, const std::vector<std::string>& uris) {
  if (uris.size() != 1) return NotAPeer();
  absl::string_view uri = uris.front();
  if (!absl::ConsumePrefix(&uri, absl::StrCat("spiffe://", trust_domain, "/"))) return NotAPeer();
  const std::optional<Peer> peer = ParsePeer(uri);
  if (!peer.has_value()) return NotAPeer();
  return *peer;
}

std::unique_ptr<Authenticator> MutualTlsAuthenticator(std::string trust_domain, PersonRules persons) {
  return std::make_unique<MutualTls>(std::move(trust_domain), std::move(persons));
}

std::unique_ptr<Authenticator> DevelopmentAuthenticator(PersonRules persons, absl::Duration clock_offset) {
  return std::make_unique<Development>(std::move(persons), clock_offset);
}

std::optional<Role> ParseRole(absl::string_view text) {
  for (const auto& [role, name] : kRoles) {
    if (text == name) return role;
  }
  return std::nullopt;
}

absl::string_view RoleName(Role role) {
  for (const auto& [known, name] : kRoles) {
    if (known == role) return name;
  }
  return "unknown";
}

}  // namespace tc::rpc
