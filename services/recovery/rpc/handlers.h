#pragma once

// Handlers of RecoveryService: one method a call, messages in, messages out; no gRPC. Each is: earlier
// answer? → parse → look → ask peers → load, decide, save in one transaction. Steps at peers have ids derived
// from what they are, so a call that was cut off anywhere ends well when it is repeated. An unreachable peer
// refuses the call and loses nothing. Thread-safe.

#include <optional>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/status.h"
#include "common/env/clock.h"
#include "common/env/random.h"
#include "common/rpc/call.h"
#include "common/rpc/feed.h"
#include "common/rpc/once.h"
#include "common/rpc/page.h"
#include "services/recovery/domain/claim.h"
#include "services/recovery/domain/in_person.h"
#include "services/recovery/domain/policy.h"
#include "services/recovery/outbound/identity_peer.h"
#include "services/recovery/outbound/linking_peer.h"
#include "services/recovery/outbound/otp_peer.h"
#include "services/recovery/outbound/proof.h"
#include "services/recovery/rpc/convert.h"
#include "services/recovery/rpc/tokens.h"
#include "services/recovery/store/recovery_store.h"

namespace tc::recovery {

// Everything must outlive the handlers.
struct HandlerParts {
  const rpc::Once& once;
  const rpc::Pager& pager;
  const RecoveryStore& store;
  const Tokens& tokens;
  const ProofSigner& proofs;
  Random& random;
  Policy policy;
  IdentityPeer& identity;
  LinkingPeer& linking;
  OtpPeer& otp;
};

class Handlers {
 public:
  explicit Handlers(HandlerParts parts) : parts_(std::move(parts)) {}

  // The claimant: whoever knows recoveries/{capability}.
  absl::StatusOr<pb::Recovery> StartRecovery(const rpc::Call& call, const pb::StartRecoveryRequest& in);
  absl::StatusOr<pb::Recovery> VerifyClaimant(const rpc::Call& call, const pb::VerifyClaimantRequest& in);
  absl::StatusOr<pb::Recovery> ResendClaimantCode(const rpc::Call& call,
                                                  const pb::ResendClaimantCodeRequest& in);
  absl::StatusOr<pb::Recovery> GetRecovery(const rpc::Call& call, const pb::GetRecoveryRequest& in);
  absl::StatusOr<pb::CancelRecoveryResponse> CancelRecovery(const rpc::Call& call,
                                                            const pb::CancelRecoveryRequest& in);
  absl::StatusOr<pb::Recovery> CompleteRecovery(const rpc::Call& call, const pb::CompleteRecoveryRequest& in);

  // The contact: the signed-in person, and nobody else.
  absl::StatusOr<pb::ListAssignedRecoveriesResponse> ListAssignedRecoveries(
      const rpc::Call& call, const pb::ListAssignedRecoveriesRequest& in);
  absl::StatusOr<pb::AssignedRecovery> GetAssignedRecovery(const rpc::Call& call,
                                                           const pb::GetAssignedRecoveryRequest& in);
  absl::StatusOr<pb::AssignedRecovery> AcknowledgeWarning(const rpc::Call& call,
                                                          const pb::AcknowledgeWarningRequest& in);
  absl::StatusOr<pb::AssignedRecovery> SendContactCode(const rpc::Call& call,
                                                       const pb::SendContactCodeRequest& in);
  absl::StatusOr<pb::AssignedRecovery> ApproveRecovery(const rpc::Call& call,
                                                       const pb::ApproveRecoveryRequest& in);
  absl::StatusOr<pb::AssignedRecovery> RejectRecovery(const rpc::Call& call,
                                                      const pb::RejectRecoveryRequest& in);

  // The operator.
  absl::StatusOr<pb::ListRecoveriesResponse> ListRecoveries(const rpc::Call& call,
                                                            const pb::ListRecoveriesRequest& in);
  absl::StatusOr<pb::RecoverySummary> HoldRecovery(const rpc::Call& call, const pb::HoldRecoveryRequest& in);
  absl::StatusOr<pb::RecoverySummary> ReleaseRecovery(const rpc::Call& call,
                                                      const pb::ReleaseRecoveryRequest& in);

  // Officers who have the principal before them.
  absl::StatusOr<pb::RecoverySummary> StartInPersonRecovery(const rpc::Call& call,
                                                            const pb::StartInPersonRecoveryRequest& in);
  absl::StatusOr<pb::RecoverySummary> ConfirmInPersonRecovery(const rpc::Call& call,
                                                              const pb::ConfirmInPersonRecoveryRequest& in);

  // The source of one stream: the claimant's view at once and after each change, as of `clock`; the end after
  // a final state, NOT_FOUND once the capability leads nowhere. `clock` must outlive it.
  absl::StatusOr<rpc::Next<pb::WatchRecoveryResponse>> WatchRecovery(const pb::WatchRecoveryRequest& in,
                                                                     const Clock& clock) const;

 private:
  using Decide = absl::FunctionRef<absl::StatusOr<Recovery>(const Recovery& recovery)>;

  // The earlier answer to this call, or `work`'s. Where `work` refuses, a copy of this very call that was
  // under way at the same time may have come to its end meanwhile: then its answer is this one's, too.
  template <typename Response>
  absl::StatusOr<Response> Answer(const rpc::Call& call,
                                  absl::FunctionRef<absl::StatusOr<Response>()> work) const {
    if (auto earlier = TRY(parts_.once.Replay<Response>(call))) return *std::move(earlier);
    absl::StatusOr<Response> answer = work();
    if (answer.ok()) return answer;
    if (auto copy = TRY(parts_.once.Replay<Response>(call))) return *std::move(copy);
    return answer;
  }

  // --- the handlers that look or ask before they write, without the earlier answer
  absl::StatusOr<pb::Recovery> StartNow(const rpc::Call& call, const pb::StartRecoveryRequest& in) const;
  absl::StatusOr<pb::Recovery> VerifyNow(const rpc::Call& call, const pb::VerifyClaimantRequest& in) const;
  absl::StatusOr<pb::Recovery> ResendNow(const rpc::Call& call,
                                         const pb::ResendClaimantCodeRequest& in) const;
  absl::StatusOr<pb::Recovery> CompleteNow(const rpc::Call& call,
                                           const pb::CompleteRecoveryRequest& in) const;
  absl::StatusOr<pb::AssignedRecovery> SendNow(const rpc::Call& call,
                                               const pb::SendContactCodeRequest& in) const;
  absl::StatusOr<pb::AssignedRecovery> ApproveNow(const rpc::Call& call,
                                                  const pb::ApproveRecoveryRequest& in) const;

  absl::StatusOr<pb::RecoverySummary> StartInPersonNow(const rpc::Call& call,
                                                       const pb::StartInPersonRecoveryRequest& in) const;
  absl::StatusOr<pb::RecoverySummary> ConfirmInPersonNow(const rpc::Call& call,
                                                         const pb::ConfirmInPersonRecoveryRequest& in) const;

  // --- reading; NOT_FOUND for the absent and for somebody else's alike
  absl::StatusOr<Recovery> Read(absl::string_view capability) const;
  absl::StatusOr<Recovery> ReadAssigned(const rpc::Call& call, const PublicId& id) const;
  absl::StatusOr<Recovery> Load(kv::ReadTxn& txn, const PublicId& id) const;
  absl::StatusOr<Recovery> LoadReal(kv::ReadTxn& txn, const PublicId& id) const;  // decoys are absent
  absl::StatusOr<Recovery> LoadAssigned(kv::ReadTxn& txn, const rpc::Call& call, const PublicId& id) const;
  // --- writing outside of the answer's transaction: charges, marks, ends
  absl::StatusOr<Recovery> Change(const rpc::Call& call, const PublicId& id, Decide decide) const;
  absl::StatusOr<Recovery> Save(kv::Txn& txn, const rpc::Call& call, const Recovery& before,
                                const Recovery& after) const;
  // `capability` is the one by which the claimant asked, or that this start has made.
  pb::Recovery ClaimantView(const Recovery& recovery, const std::string& capability,
                            const rpc::Call& call) const;

  // --- start
  // What is kept of `account` once its open recovery is as it is now. Takes as long where none is open, and
  // where there is no such account (REC-01).
  absl::StatusOr<StartLedger> LedgerNow(kv::Txn& txn, const AccountId& account, const rpc::Call& call) const;
  absl::StatusOr<Recovery> Reserve(const rpc::Call& call, const StartRequest& start,
                                   const std::optional<KnownAccount>& known) const;
  Start StartOf(const rpc::Call& call, const StartRequest& start, const std::optional<KnownAccount>& known,
                const std::string& nonce, bool decoy) const;
  void Withdraw(const Recovery& recovery) const;

  // --- codes of either side
  CodeBinding BindingOf(const Recovery& recovery, Side side, int serial) const;
  struct Sent {
    int serial = 0;
    CodeStatus status;
  };
  absl::StatusOr<Sent> FirstCode(const rpc::Call& call, Recovery& recovery, const CodeMessage& message) const;
  absl::StatusOr<Sent> NextCode(const rpc::Call& call, const Recovery& recovery, Side side,
                                const CodeMessage& message) const;
  // What a side has typed.
  struct TypedCode {
    Secret code;
    CodeClient client;
  };
  // OK when the code is right; else the refusal, after writing down what must be.
  absl::Status CheckCode(const rpc::Call& call, const Recovery& recovery, Side side,
                         const TypedCode& typed) const;
  absl::Status ConsumeCode(const rpc::Call& call, const Recovery& recovery, Side side) const;
  absl::Status Exhausted(const rpc::Call& call, const Recovery& recovery, Side side) const;

  // --- evidence
  bool SameAddresses(const Recovery& recovery, const KnownAccount& account) const;
  PrincipalNow PrincipalOf(const Recovery& recovery, const std::optional<KnownAccount>& account) const;
  absl::StatusOr<ClaimEvidence> GatherClaim(const rpc::Call& call, const Recovery& recovery) const;
  absl::StatusOr<ContactPhone> PhoneOf(const rpc::Call& call, const AccountId& contact) const;
  ContactPhone PhoneOf(const std::optional<KnownAccount>& contact) const;
  // What is asked at each of the contact's steps; a recovery that does not stand it is HELD, and refused.
  struct People {
    ApprovalEvidence evidence;  // of link and accounts
    KnownAccount contact;
  };
  absl::StatusOr<People> GatherPeople(const rpc::Call& call, const Recovery& recovery) const;
  // Saves a proof, `evidence` in hand, and with it what becomes of a pair (rpc/pair.h).
  absl::StatusOr<Recovery> SaveProof(kv::Txn& txn, const rpc::Call& call, const Recovery& before,
                                     ClaimEvidence evidence, const std::string& match_code) const;
  absl::Status ChargeMatchCode(const rpc::Call& call, const Recovery& recovery,
                               const std::string& typed) const;
  absl::StatusOr<ApprovalEvidence> GatherApproval(const rpc::Call& call, const Recovery& recovery,
                                                  const ApproveRequest& request) const;
  absl::Status HoldAndRefuse(const rpc::Call& call, const Recovery& recovery, HoldReason reason) const;
  // The same for it and its mirror.
  absl::Status HoldPairAndRefuse(const rpc::Call& call, const Recovery& recovery) const;

  // --- the way in person
  // RATE_LIMITED; NOT_FOUND, of a `kind`, when the documents do not fit or nobody is meant.
  absl::Status CheckDocument(const rpc::Call& call, const AccountId& principal, const ShownDocument& shown,
                             absl::string_view kind) const;
  absl::Status ChargeDocument(const rpc::Call& call, const AccountId& principal,
                              const ShownDocument& shown) const;
  absl::Status GiveBackDocument(const rpc::Call& call, const AccountId& principal) const;
  absl::StatusOr<KnownAccount> ActiveAccount(const rpc::Call& call, const AccountId& principal,
                                             absl::string_view kind) const;
  absl::StatusOr<Recovery> ReserveInPerson(const rpc::Call& call, const KnownAccount& account) const;
  absl::StatusOr<InPersonStart> GatherInPerson(const rpc::Call& call, const Recovery& recovery,
                                               const InPersonStartRequest& request) const;

  // --- the new password, or the deed of another purpose
  absl::Status Redeem(const rpc::Call& call, const Recovery& recovery, const Secret& new_password) const;
  absl::StatusOr<pb::Recovery> CompleteUsedBefore(const rpc::Call& call, const Recovery& marked,
                                                  const std::string& capability) const;
  absl::Status SetPassword(const rpc::Call& call, const Recovery& recovery, const Secret& new_password) const;
  absl::Status AfterRefusal(const rpc::Call& call, const Recovery& recovery,
                            const absl::Status& refusal) const;

  HandlerParts parts_;
};

// Nothing is known of the outcome: the call may be repeated. Every other error is the peer's word.
bool IsPassing(const absl::Status& status);

}  // namespace tc::recovery
