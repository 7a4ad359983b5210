#include "common/crypto/dumps.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include "common/crypto/openssl.h"

namespace tc::crypto {

void ForbidDumps() {
  const rlimit none{0, 0};
  Must(::setrlimit(RLIMIT_CORE, &none) == 0 && ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0);
}

}  // namespace tc::crypto
