#pragma once

// The words that an operator has written: the files ru.json and en.json of a directory, of the form of
// services/otp/templates/, holding only what is to be replaced (docs/otp.md, "Texts").

#include <string>

#include "absl/status/statusor.h"
#include "services/otp/domain/wording.h"

namespace tc::otp {

// The program's own words with those of `directory` in their place; the program's own alone when `directory`
// is empty. INVALID_ARGUMENT with every mistake of all files as a violation that names its place
// ("ru.json", "ru.RECOVERY_STARTED.text"): a file that cannot be read or has another name, a directory
// without any, what is no JSON object of objects of texts, a name given twice, and whatever Wording::Make
// refuses. Names that begin with a dot are passed over: mounted volumes keep their own files under them.
absl::StatusOr<Wording> OpenWording(const std::string& directory);

}  // namespace tc::otp
