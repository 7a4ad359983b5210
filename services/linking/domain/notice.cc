#include "services/linking/domain/notice.h"

namespace tc::linking {
namespace {

struct Row {
  Effect effect;
  Telling telling;
};

constexpr bool kYes = true;
constexpr bool kNo = false;

constexpr Row kTellings[] = {
    //                                                          principal contact names the other
    {Effect::kTellInvitationSent, {NoticeKind::kInvitationSent, kYes, kNo, kNo}},
    {Effect::kTellInvitationReceived, {NoticeKind::kInvitationReceived, kNo, kYes, kNo}},
    {Effect::kTellInvitationEnded, {NoticeKind::kInvitationEnded, kYes, kNo, kNo}},
    {Effect::kTellContactLinked, {NoticeKind::kContactLinked, kYes, kNo, kYes}},
    {Effect::kTellPrincipalLinked, {NoticeKind::kPrincipalLinked, kNo, kYes, kYes}},
    {Effect::kTellSuspended, {NoticeKind::kSuspended, kYes, kNo, kYes}},
    {Effect::kTellResumed, {NoticeKind::kResumed, kYes, kNo, kYes}},
    {Effect::kTellRemovalPending, {NoticeKind::kRemovalPending, kYes, kYes, kYes}},
    {Effect::kTellRemoved, {NoticeKind::kRemoved, kYes, kYes, kYes}},
    {Effect::kTellContactRemoved, {NoticeKind::kRemoved, kNo, kYes, kYes}},
    {Effect::kTellResigned, {NoticeKind::kResigned, kYes, kYes, kYes}},
    {Effect::kTellDanger, {NoticeKind::kDanger, kYes, kNo, kYes}},
    {Effect::kTellReminder, {NoticeKind::kReminder, kYes, kNo, kYes}},
};

}  // namespace

std::optional<Telling> TellingOf(Effect effect) {
  for (const Row& row : kTellings) {
    if (row.effect == effect) return row.telling;
  }
  return std::nullopt;
}

}  // namespace tc::linking
