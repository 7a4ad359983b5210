#pragma once

// Prove: shows at the start, by knocking at the own door, that it opens for a good certificate over TLS 1.3
// and for none of those below (TRN-02, TRN-03). The library cannot be told "TLS 1.3 only", so that it is
// seen, not believed.

#include <string>

#include "absl/status/status.h"
#include "common/tls/files.h"

namespace tc::tls {

// Dials `address` ("0.0.0.0:7101", "unix:/run/tc.sock") with the own certificate. FAILED_PRECONDITION says
// what is wrong: TLS 1.2 or older is spoken, a caller without a certificate is let in, or with one that only
// looks as if an authority had issued it, or one with a good certificate over TLS 1.3 is not; or that the
// port left a question without an answer. Takes milliseconds; each question waits 5 s for each step of its
// answer.
absl::Status Prove(const std::string& address, const Files& own);

}  // namespace tc::tls
