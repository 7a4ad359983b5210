#pragma once

// Notices: what people are told of their invitations and links, on all their addresses (L11, LNK-14, NTF-01).
// Identity knows the addresses; here a notice is whom, what, and the other side's masked name.

#include <optional>
#include <string>

#include "common/base/id.h"
#include "services/linking/domain/effect.h"

namespace tc::linking {

// Numbers are those of the stored record; never reused.
enum class NoticeKind {
  kInvitationSent = 0,
  kInvitationReceived = 1,
  kInvitationEnded = 2,
  kContactLinked = 3,
  kPrincipalLinked = 4,
  kSuspended = 5,
  kResumed = 6,
  kRemovalPending = 7,
  kRemoved = 8,
  kResigned = 9,
  kDanger = 10,
  kReminder = 11,
};

inline constexpr NoticeKind kAllNoticeKinds[] = {
    NoticeKind::kInvitationSent,  NoticeKind::kInvitationReceived,
    NoticeKind::kInvitationEnded, NoticeKind::kContactLinked,
    NoticeKind::kPrincipalLinked, NoticeKind::kSuspended,
    NoticeKind::kResumed,         NoticeKind::kRemovalPending,
    NoticeKind::kRemoved,         NoticeKind::kResigned,
    NoticeKind::kDanger,          NoticeKind::kReminder};

struct Notice {
  NoticeKind kind = NoticeKind::kInvitationSent;
  AccountId receiver;         // empty: nobody is told, and nobody shall see from outside that it is so (L2)
  std::string masked_person;  // the other side; empty where it must not be named

  friend bool operator==(const Notice&, const Notice&) = default;
};

// Whom an effect tells what. A notice about an invitation names nobody: the principal does not know whom his
// reached, if anybody (L2).
struct Telling {
  NoticeKind kind = NoticeKind::kInvitationSent;
  bool principal = false;
  bool contact = false;
  bool names_other = false;

  friend bool operator==(const Telling&, const Telling&) = default;
};

// nullopt when the effect tells nobody.
std::optional<Telling> TellingOf(Effect effect);

}  // namespace tc::linking
