#pragma once

// The bytes of second factors. The keys of apps are sealed: the caller seals and opens them. Pure.

#include "absl/status/statusor.h"
#include "common/base/secret.h"
#include "services/identity/domain/second_factor.h"
#include "services/identity/store/codec.h"

namespace tc::identity::store {

struct OpenedKeys {
  Secret enrolment, totp;  // empty: the record has none
};

rec::SecondFactorRecord RecordOf(const SecondFactors& factors);  // without what is sealed

// DATA_LOSS of what no version of this program has written: with an empty key everybody could make codes, and
// a step or a count below zero would be more guesses.
absl::StatusOr<SecondFactors> FromRecord(const rec::SecondFactorRecord& record, const OpenedKeys& opened);

}  // namespace tc::identity::store
