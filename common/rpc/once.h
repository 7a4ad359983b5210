#pragma once

// Once: every mutation is idempotent by request_id (api.md, C-W 63–67). The answer of a committed mutation is
// kept for 24 h, sealed, in the mutation's own transaction; the same caller, method, request_id and content
// get it again, also after a crash; other content is INVALID_ARGUMENT / REQUEST_ID_REUSED. A refused call
// leaves nothing and may be sent again under the same id. Scope of an id: (peer role and name, person,
// method). Thread-safe.

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/status.h"
#include "common/crypto/sealer.h"
#include "common/kv/database.h"
#include "common/rpc/answer.h"
#include "common/rpc/call.h"

namespace tc::rpc {

class Once {
 public:
  static constexpr absl::Duration kKept = absl::Hours(24);

  Once(kv::Database& database, crypto::Sealer sealer) : database_(&database), sealer_(std::move(sealer)) {}

  // Runs `decide` in one transaction with the record of its answer, or returns the earlier answer.
  // Response is a protobuf message. When database, sealer or decide refuse, nothing is written.
  template <typename Response>
  absl::StatusOr<Response> Run(const Call& call,
                               absl::FunctionRef<absl::StatusOr<Response>(kv::Txn& txn)> decide) const {
    Response response;
    TRY(database_->Update([&](kv::Txn& txn) { return Decide(txn, call, decide, response); }));
    return response;
  }

  // The same without waiting. `call` lives until the answer is given.
  template <typename Response>
  void Start(const Call& call, absl::AnyInvocable<absl::StatusOr<Response>(kv::Txn& txn)> decide,
             Answer<Response> answer) const {
    auto response = std::make_unique<Response>();
    Response& out = *response;
    database_->Submit(
        [this, &call, &out, decide = std::move(decide)](kv::Txn& txn) mutable {
          const auto run = [&decide](kv::Txn& t) { return decide(t); };
          return Decide<Response>(txn, call, run, out);
        },
        [response = std::move(response), answer = std::move(answer)](absl::StatusOr<uint64_t> done) mutable {
          if (!done.ok()) return answer.Give(std::move(done).status());
          answer.Give(std::move(*response));
        });
  }

  // The earlier answer, if there is one. First line of a mutating handler that looks at state or asks peers
  // before Run.
  template <typename Response>
  absl::StatusOr<std::optional<Response>> Replay(const Call& call) const {
    const std::optional<std::string> answer = TRY(Recall(call));
    if (!answer.has_value()) return std::optional<Response>();
    return std::optional<Response>(TRY(Parse<Response>(*answer)));
  }

  // The same inside a transaction: for a handler that must see it and the state in one look.
  absl::StatusOr<std::optional<std::string>> RecallIn(kv::ReadTxn& txn, const Call& call) const;

  // Looks at the next `limit` records after `cursor` and removes those older than kKept; returns how many. An
  // empty cursor begins a pass and is what the pass ends with. Called by the service's sweeper.
  absl::StatusOr<int> Sweep(absl::Time now, int limit, std::string& cursor) const;

  kv::Database& database() const { return *database_; }

 private:
  absl::StatusOr<std::optional<std::string>> Recall(const Call& call) const;
  // INVALID_ARGUMENT / REQUEST_ID_MISSING without a request id.
  static absl::StatusOr<std::string> KeyOf(const Call& call);
  absl::StatusOr<std::optional<std::string>> RecallAt(kv::ReadTxn& txn, const std::string& key,
                                                      const Call& call) const;
  absl::Status RememberAt(kv::Txn& txn, const std::string& key, const Call& call,
                          absl::string_view answer) const;
  static absl::Status Unreadable();

  template <typename Response>
  absl::Status Decide(kv::Txn& txn, const Call& call,
                      absl::FunctionRef<absl::StatusOr<Response>(kv::Txn& txn)> decide, Response& out) const {
    const std::string key = TRY(KeyOf(call));
    const std::optional<std::string> earlier = TRY(RecallAt(txn, key, call));
    if (earlier.has_value()) {
      out = TRY(Parse<Response>(*earlier));
      return absl::OkStatus();
    }
    out = TRY(decide(txn));
    return RememberAt(txn, key, call, out.SerializeAsString());
  }

  template <typename Response>
  static absl::StatusOr<Response> Parse(const std::string& bytes) {
    Response response;
    if (!response.ParseFromString(bytes)) return Unreadable();
    return response;
  }

  kv::Database* database_;
  crypto::Sealer sealer_;
};

}  // namespace tc::rpc
