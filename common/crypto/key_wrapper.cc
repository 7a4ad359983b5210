#include "common/crypto/key_wrapper.h"

#include <utility>

#include "common/base/status.h"
#include "common/crypto/openssl.h"
#include "common/crypto/sealer.h"
#include "common/crypto/wipe.h"

namespace tc::crypto {
namespace {

class SealingWrapper final : public KeyWrapper {
 public:
  SealingWrapper(Keyring keys, absl::string_view purpose, Random& random)
      : keys_(std::move(keys)), purpose_(purpose), sealer_(Sealer::Create(keys_, purpose, random)) {}

  absl::StatusOr<std::string> Wrap(const Secret& key, absl::string_view context) override {
    TRY(sealer_.status());
    return sealer_->Seal(key.Reveal(), context);
  }

  absl::StatusOr<Secret> Unwrap(absl::string_view wrapped, absl::string_view context) override {
    TRY(sealer_.status());
    std::string plain = TRY(sealer_->Open(wrapped, context));
    Secret key(plain);
    Wipe(plain);
    return key;
  }

  absl::StatusOr<bool> IsCurrent(absl::string_view wrapped) override {
    TRY(sealer_.status());
    return TRY(KidOf(wrapped)) == keys_.Live()->Of(purpose_)->back().kid;
  }

 private:
  const Keyring keys_;
  const std::string purpose_;
  const absl::StatusOr<Sealer> sealer_;
};

}  // namespace

std::unique_ptr<KeyWrapper> LocalKeyWrapper(const Keyring& keys, absl::string_view purpose, Random& random) {
  return std::make_unique<SealingWrapper>(keys, purpose, random);
}

}  // namespace tc::crypto
