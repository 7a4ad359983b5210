#pragma once

#include "services/recovery/domain/recovery.h"

namespace tc::recovery {

// A recovery of nobody that waits for its contact, as long in all fields as a real one: it is read in the
// place of one that is absent (TRN-06).
Recovery Nobodys();

}  // namespace tc::recovery
