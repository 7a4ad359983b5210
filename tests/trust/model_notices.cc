// Who must be told what (L11, NTF-01, NTF-07), told once more: each once, nothing lost, nothing besides.

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/trust/model.h"

namespace tc::trust {
namespace {

constexpr absl::Duration kNewsFor = absl::Hours(24);    // then a notice is dropped
constexpr absl::Duration kBacksOff = absl::Minutes(5);  // at most, before it is tried again

bool MustCome(const Expected& it, absl::Time now) {
  return !it.optional && it.latest <= now && now < it.since + kNewsFor;
}

std::string Text(const Expected& it) {
  return absl::StrCat(it.from, "'s notice ", it.kind, " to ", it.receiver, it.about.empty() ? "" : " about ",
                      it.about);
}

}  // namespace

void Model::Expect(Expected expected) { expected_.push_back(std::move(expected)); }

void Model::TellPrincipal(const ModelLink& it, linking::NoticeKind kind, absl::Time since, bool written) {
  Expect({"linking", PersonId(it.principal), static_cast<int>(kind), Person(it.contact).masked_name, kNobody,
          since, written ? now_ : absl::InfiniteFuture()});
}

void Model::TellContact(const ModelLink& it, linking::NoticeKind kind, absl::Time since, bool written) {
  Expect({"linking", PersonId(it.contact), static_cast<int>(kind), Person(it.principal).masked_name, kNobody,
          since, written ? now_ : absl::InfiniteFuture()});
}

// That it has ended; nobody is named.
void Model::TellInviter(const ModelInvitation& it, absl::Time since, bool written) {
  Expect({"linking", PersonId(it.principal), static_cast<int>(linking::NoticeKind::kInvitationEnded), "",
          kNobody, since, written ? now_ : absl::InfiniteFuture()});
}

void Model::InvitationsWritten(int principal) {
  for (Expected& it : expected_) {
    const bool ended = it.from == "linking" && it.receiver == PersonId(principal) &&
                       it.kind == static_cast<int>(linking::NoticeKind::kInvitationEnded);
    if (ended && it.latest == absl::InfiniteFuture()) it.latest = now_;
  }
}

int Model::NumberOf(const ModelRecovery& it) const { return static_cast<int>(&it - recoveries_.data()); }

void Model::TellPrincipal(const ModelRecovery& it, recovery::NoticeKind kind) {
  if (it.proved_at == absl::InfiniteFuture()) return;
  const std::string about = it.contact == kNobody ? "" : Person(it.contact).masked_name;
  Expect({"recovery", PersonId(it.principal), static_cast<int>(kind), about, NumberOf(it), now_, now_});
}

void Model::TellContact(const ModelRecovery& it, recovery::NoticeKind kind) {
  if (it.proved_at == absl::InfiniteFuture() || it.contact == kNobody) return;
  Expect({"recovery", PersonId(it.contact), static_cast<int>(kind), Person(it.principal).masked_name,
          NumberOf(it), now_, now_});
}

void Model::TellBoth(const ModelRecovery& it, recovery::NoticeKind kind) {
  TellPrincipal(it, kind);
  TellContact(it, kind);
}

void Model::TellEnded(const ModelRecovery& it, bool written) {
  const size_t before = expected_.size();
  TellBoth(it, recovery::NoticeKind::kEnded);
  for (size_t i = before; i < expected_.size(); ++i) {
    expected_[i].since = it.ended_at;
    if (!written) expected_[i].latest = absl::InfiniteFuture();
  }
}

void Model::Written(int number) {
  for (Expected& it : expected_) {
    if (it.recovery == number && it.latest == absl::InfiniteFuture()) it.latest = now_;
  }
}

bool Model::MayBeTold(const Told& told) {
  const auto fits = [&](const Expected& it) {
    if (it.from != told.from || it.receiver != told.receiver || it.kind != told.kind ||
        it.about != told.masked_person) {
      return false;
    }
    if (it.recovery == kNobody) return true;
    const std::string& name = recoveries_[static_cast<size_t>(it.recovery)].assigned;
    return name.empty() || name == absl::StrCat("assignedRecoveries/", told.subject);
  };
  // Those that must come now, then what is written, then the latest: an earlier one may have been dropped.
  const auto order = [&](const Expected& it) {
    return std::tuple(MustCome(it, now_), it.latest <= now_, it.since);
  };
  auto found = expected_.end();
  for (auto it = expected_.begin(); it != expected_.end(); ++it) {
    if (fits(*it) && (found == expected_.end() || order(*it) > order(*found))) found = it;
  }
  if (found == expected_.end()) return false;
  expected_.erase(found);
  return true;
}

std::string Model::Missing(bool without_cuts) {
  if (!without_cuts) backed_off_until_ = now_ + kBacksOff;
  std::string missing;
  for (const Expected& it : expected_) {
    if (MustCome(it, now_) && now_ >= backed_off_until_ && missing.empty()) missing = Text(it);
  }
  std::erase_if(expected_, [&](const Expected& it) { return now_ >= it.latest + kNewsFor; });
  return missing;
}

}  // namespace tc::trust
