#pragma once

// A number's bytes on disk, and those of who holds it. Number and title are sealed: the caller seals and
// opens them. Pure.

#include <string>

#include "absl/status/statusor.h"
#include "services/identity/domain/phone_book.h"
#include "services/identity/store/codec.h"

namespace tc::identity::store {

struct OpenedPhone {
  std::string number;
  std::string title;  // empty: none
};

rec::PhoneRecord RecordOf(const OwnedPhone& phone);  // without what is sealed
rec::HolderRecord RecordOf(const Holder& holder);

// DATA_LOSS of what no version of this program has written.
absl::StatusOr<OwnedPhone> FromRecord(const PhoneName& name, const rec::PhoneRecord& record,
                                      OpenedPhone opened);
absl::StatusOr<Holder> FromRecord(const rec::HolderRecord& record);

}  // namespace tc::identity::store
