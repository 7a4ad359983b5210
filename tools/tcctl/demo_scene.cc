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

absl::StatusOr<dev::Message> Scene::Await(const std::string& address, size_t seen,
                                          absl::string_view words) const {
  const absl::Time give_up = absl::Now() + absl::Seconds(15);
  do {
    const std::vector<dev::Message> inbox = spool.Inbox(address);
    for (size_t i = seen; i < inbox.size(); ++i) {
      if (absl::StrContains(inbox[i].text, words)) return inbox[i];
    }
    absl::SleepFor(absl::Milliseconds(5));
  } while (absl::Now() < give_up);
  return absl::DeadlineExceededError(absl::StrCat("no message \"", words, "\" has come to ", address));
}

absl::Status Scene::ReadNotice(const std::string& name, const std::string& address, size_t seen,
                               absl::string_view words) const {
  Show(name, TRY(Await(address, seen, words)));
  return absl::OkStatus();
}

absl::StatusOr<std::string> Scene::ReadNotMeToken(const std::string& name, const std::string& address,
                                                  size_t seen) const {
  const dev::Message message = TRY(Await(address, seen, dev::kNotMeUrl));
  Show(name, message);
  const absl::string_view link = message.text;
  const absl::string_view behind = link.substr(link.find(dev::kNotMeUrl) + sizeof(dev::kNotMeUrl) - 1);
  return std::string(behind.substr(0, behind.find_first_of(" \n.")));
}

absl::Status Scene::SetForward(absl::Duration offset, const std::vector<std::string>& flags) const {
  std::vector<std::string> with = {"--clock-offset", absl::StrCat(absl::ToInt64Seconds(offset))};
  with.insert(with.end(), flags.begin(), flags.end());
  for (const dev::Service service : dev::kServices) suite->Stop(service);
  for (const dev::Service service : dev::kServices) TRY(suite->Start(service, with));
  return absl::OkStatus();
}

std::string WrongCode(std::string code) {
  code.back() = code.back() == '7' ? '3' : '7';
  return code;
}

}  // namespace tc::ctl
