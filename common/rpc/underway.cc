#include "common/rpc/underway.h"

#include <utility>

namespace tc::rpc {

kv::Origin OriginOf(const Admission& admission) {
  const Call& call = admission.call;
  return {call.id, admission.caller, call.person.has_value() ? call.person->account.text() : ""};
}

Underway::Underway(Gate& gate, const Method& rules, Context& context, grpc::ByteBuffer& body,
                   grpc::ByteBuffer& answer)
    : gate_(gate),
      rules_(rules),
      context_(context),
      body_(body),
      answer_(answer),
      reactor_(context.DefaultReactor()) {}

Underway::~Underway() {
  if (entered_) gate_.Leave();
}

bool Underway::Receive(Room room) {
  admission_ = gate_.Receive(rules_, context_, room);
  return Proceed();
}

void Underway::Queue(std::function<void()> work) {
  if (!gate_.TryRun(std::move(work))) Refuse();
}

bool Underway::Resume() {
  gate_.Resume(rules_, context_, admission_);
  return Proceed();
}

bool Underway::Enter() {
  entered_ = gate_.Enter();
  if (!entered_) Refuse();
  return entered_;
}

bool Underway::Admit(google::protobuf::Message& request) {
  gate_.Admit(rules_, admission_, body_, request);
  return Proceed();
}

bool Underway::Proceed() {
  if (!admission_.status.ok()) Finish(admission_.status, nullptr);
  return admission_.status.ok();
}

void Underway::Refuse() { Send(gate_.Overloaded(rules_, admission_)); }

void Underway::Finish(absl::Status status, const google::protobuf::Message* answer) {
  if (answer != nullptr && !Write(*answer, answer_))
    status = absl::InternalError("the answer cannot be written");
  Send(gate_.Settle(rules_, admission_, context_, status));
}

void Underway::Send(const grpc::Status& status) {
  body_.Drop(!rules_.secrets.empty());
  reactor_->Finish(status);
}

}  // namespace tc::rpc
