#include "services/identity/rpc/sign_in_steps.h"

#include <utility>

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/identity/store/notices.h"

namespace tc::identity {

absl::StatusOr<StoredCredential> SameCredential(kv::ReadTxn& txn, const Desk& desk,
                                                const StoredCredential& seen) {
  StoredCredential credential = TRY(desk.credentials.Get(txn, seen.account));
  if (credential.version == seen.version) return credential;
  return Refuse(absl::StatusCode::kAborted, Reason::kConflict, "the password has been changed meanwhile");
}

absl::Status RecordWrongOne(kv::Txn& txn, const Desk& desk, const rpc::Call& call, const Account& account,
                            const WrongOne& wrong) {
  Attributes attributes = {{"factor", std::string(wrong.factor)}};
  if (!wrong.at.empty()) attributes["at"] = std::string(wrong.at);
  return desk.Record(txn, call, account, "SignInRefused", std::move(attributes), {wrong.client, ""});
}

absl::StatusOr<int> CountWrongOne(kv::Txn& txn, const Desk& desk, const rpc::Call& call, Dossier dossier,
                                  StoredCredential credential, const WrongOne& wrong) {
  const SignInPolicy& policy = desk.policy.login;
  TRY(RecordWrongOne(txn, desk, call, dossier.account, wrong));
  const WrongPassword counted = CountWrong(credential.sign_in, policy);
  credential.sign_in = counted.next;
  if (counted.lock_for.has_value()) credential.passed_at.reset();  // the password must be given anew
  TRY(desk.credentials.Put(txn, credential));
  if (!counted.lock_for.has_value()) {
    const int most = counted.next.locks == 0 ? policy.threshold : policy.threshold_after_lock;
    return most - counted.next.wrong;
  }
  const absl::Time until = call.now + *counted.lock_for;
  dossier.account = TRY(desk.accounts.Update(
      txn, TRY(LockUntil(dossier.account, {until, wrong.lock_number}, call.now)), call.now));
  TRY(txn.Schedule({until, kExpireLock, dossier.account.id.text()}));
  TRY(desk.Record(txn, call, dossier.account, "AccountLocked", {}, {wrong.client, ""}));
  TRY(desk.Tell(txn, NoticeKind::kAccountLocked, dossier, call.now));
  return 0;
}

absl::StatusOr<Entrance> LoadEntrance(kv::ReadTxn& txn, const Desk& desk, const AccountId& account,
                                      const DeviceMarks& marks, absl::Time now) {
  Entrance entrance;
  entrance.dossier = TRY(desk.Load(txn, account));
  if (entrance.dossier.account.deleted) return entrance;
  entrance.credential = TRY(desk.credentials.Get(txn, account));
  entrance.settings = TRY(desk.preferences.Get(txn, account));
  entrance.book = TRY(desk.device_books.Get(txn, account));
  entrance.gate = GateAt(entrance.dossier.account, entrance.book.Knows(marks), now);
  return entrance;
}

absl::StatusOr<int> RefuseSignIn(kv::Txn& txn, const Desk& desk, const SignInStep& step,
                                 const Entrance& entrance, absl::string_view factor) {
  const Account& account = entrance.dossier.account;
  const WrongOne wrong{factor, "", step.client, step.lock_number};
  if (entrance.gate == SignInGate::kOpen)
    return CountWrongOne(txn, desk, step.call, entrance.dossier, entrance.credential, wrong);
  TRY(RecordWrongOne(txn, desk, step.call, account, wrong));
  const WrongAtDevice counted = CountWrongAt(entrance.book, step.marks);
  TRY(desk.device_books.Put(txn, account.id, counted.book));
  return counted.attempts_left;
}

absl::StatusOr<bool> CompleteSignIn(kv::Txn& txn, const Desk& desk, const SignInStep& step,
                                    const Entrance& entrance) {
  const Account& account = entrance.dossier.account;
  const bool past_lock = entrance.gate == SignInGate::kPastLock;
  StoredCredential credential = entrance.credential;
  credential.passed_at.reset();
  if (!past_lock) credential.sign_in = CountRight();  // a lock and its growth go on for everybody else
  TRY(desk.credentials.Put(txn, credential));
  const Noted noted = NoteSignIn(entrance.book, step.marks, step.client.place, step.call.now);
  TRY(desk.device_books.Put(txn, account.id, noted.book));
  Attributes attributes = {{"factor", std::string(FactorName(entrance.settings.second_factor))}};
  if (past_lock) attributes["past_lock"] = "true";
  if (noted.new_device) attributes["new_device"] = "true";
  TRY(desk.Record(txn, step.call, account, "SignedIn", std::move(attributes), {step.client, ""}));
  if (noted.surprising && entrance.settings.sign_in_notices)
    TRY(desk.Tell(txn, NoticeKind::kSignInNewDevice, entrance.dossier, step.call.now));
  return noted.new_device;
}

}  // namespace tc::identity
