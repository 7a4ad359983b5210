#include "tools/tcctl/demo_scene.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/status.h"

namespace tc::ctl {

dev::Citizen Scene::Person(const std::string& account, const std::string& first_name,
                           const std::string& last_name, int number) const {
  const std::string id = salt == 0 ? account : absl::StrCat(account, "-", salt);
  return dev::Invent(id, first_name, last_name, salt * 100 + number);
}

void Scene::Show(const std::string& name, const dev::Message& message) const {
  stage.Shows(
      absl::StrCat(absl::StrContains(message.to, "@") ? "E-mail" : "SMS", " to ", name, ", ", message.to),
      message.text);
}

absl::StatusOr<std::string> Scene::ReadCode(const std::string& name, const std::string& address,
                                            size_t seen) const {
  const std::string code = TRY(spool.AwaitCode(address, seen));
  for (const dev::Message& message : spool.Inbox(address)) {
    if (message.code == code) Show(name, message);
  }
  return code;
}

absl::Status Scene::ReadNotice(const std::string& name, const std::string& address, size_t seen,
                               absl::string_view words) const {
  const absl::Time give_up = absl::Now() + absl::Seconds(15);
  do {
    const std::vector<dev::Message> inbox = spool.Inbox(address);
    for (size_t i = seen; i < inbox.size(); ++i) {
      if (!absl::StrContains(inbox[i].text, words)) continue;
      Show(name, inbox[i]);
      return absl::OkStatus();
    }
    absl::SleepFor(absl::Milliseconds(5));
  } while (absl::Now() < give_up);
  return absl::DeadlineExceededError(absl::StrCat("no message \"", words, "\" has come to ", address));
}

std::string WrongCode(std::string code) {
  code.back() = code.back() == '7' ? '3' : '7';
  return code;
}

}  // namespace tc::ctl
