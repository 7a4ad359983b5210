// WatchRecovery as a portal sees it: over a real connection.

#include <gmock/gmock.h>

#include "common/rpc/feed.h"
#include "common/testing/wire.h"
#include "services/recovery/rpc/officers_testing.h"
#include "services/recovery/rpc/service.h"
#include "trustedcontact/recovery/v1/recovery.grpc.pb.h"

namespace tc::recovery {
namespace {

using enum absl::StatusCode;
using testing::IsOk;
using testing::kAlicePhone;
using testing::kBobPhone;
using testing::kNobodysPhone;
using testing::Officers;
using testing::Refused;

constexpr char kPortal[] = "portal/test";

// One open stream.
class Stream {
 public:
  Stream(tc::testing::WireServer& wire, pb::RecoveryService::Stub& stub, const std::string& name)
      : context_(wire.Context(kPortal)) {
    pb::WatchRecoveryRequest in;
    in.set_name(name);
    reader_ = stub.WatchRecovery(context_.get(), in);
  }
  ~Stream() { context_->TryCancel(); }

  // The next message with a recovery in it; empty when the stream ends first.
  std::optional<pb::Recovery> NextView() {
    while (const auto message = Next()) {
      if (message->has_recovery()) return message->recovery();
    }
    return std::nullopt;
  }
  std::optional<pb::WatchRecoveryResponse> Next() {
    pb::WatchRecoveryResponse message;
    if (!reader_->Read(&message)) return std::nullopt;
    return message;
  }
  // How it ended; reads what is left.
  absl::Status End() {
    while (Next().has_value()) {
    }
    return rpc::FromWire(reader_->Finish());
  }

 private:
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientReader<pb::WatchRecoveryResponse>> reader_;
};

class WatchWire : public ::testing::Test {
 protected:
  explicit WatchWire(absl::Duration heartbeat = absl::Hours(1)) : feed_(*world_.db, Options(heartbeat)) {
    wire_.Serve({MakeService(world_.handlers, feed_, wire_.gate())});
    stub_ = pb::RecoveryService::NewStub(wire_.channel());
  }
  Stream Watch(const std::string& name) { return Stream(wire_, *stub_, name); }

  static rpc::Feed::Options Options(absl::Duration heartbeat) {
    rpc::Feed::Options options;
    options.heartbeat = heartbeat;
    return options;
  }

  Officers world_;
  rpc::Feed feed_;
  tc::testing::WireServer wire_;
  std::unique_ptr<pb::RecoveryService::Stub> stub_;
};

class BeatingWatchWire : public WatchWire {
 protected:
  BeatingWatchWire() : WatchWire(absl::Milliseconds(20)) {}
};

TEST_F(WatchWire, ShowsTheStateAtOnceAndEachChangeAndEndsWell) {
  const std::string name = world_.Start(kAlicePhone)->name();
  Stream stream = Watch(name);
  const auto first = stream.NextView();
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->state(), pb::RECOVERY_STATE_AWAITING_OWN_CODE);
  EXPECT_EQ(first->name(), name);
  ASSERT_THAT(world_.Verify(name, world_.otp.CodeTo(kAlicePhone)), IsOk());
  EXPECT_EQ(stream.NextView()->state(), pb::RECOVERY_STATE_AWAITING_CONTACT);
  const std::string assigned = world_.List("bob", true)->recoveries(0).name();
  ASSERT_THAT(world_.Acknowledge("bob", assigned), IsOk());  // nothing that the claimant would see
  ASSERT_THAT(world_.SendCode("bob", assigned), IsOk());
  EXPECT_EQ(stream.NextView()->state(), pb::RECOVERY_STATE_CONTACT_CODE_SENT);
  ASSERT_THAT(world_.Approve("bob", assigned, world_.otp.CodeTo(kBobPhone)), IsOk());
  const auto approved = stream.NextView();
  EXPECT_EQ(approved->state(), pb::RECOVERY_STATE_APPROVED);
  ASSERT_FALSE(approved->grant().empty());
  ASSERT_THAT(world_.Complete(name, approved->grant(), "a good new password 1"), IsOk());
  EXPECT_EQ(stream.NextView()->state(), pb::RECOVERY_STATE_COMPLETED);
  EXPECT_FALSE(stream.Next().has_value());
  EXPECT_THAT(stream.End(), IsOk());
}

TEST_F(WatchWire, ShowsTheStateFirstToWhomeverComesBack) {
  const auto c = world_.ToContact();
  {
    Stream stream = Watch(c.name);
    EXPECT_EQ(stream.NextView()->state(), pb::RECOVERY_STATE_AWAITING_CONTACT);
  }
  ASSERT_THAT(world_.Cancel(c.name), IsOk());
  Stream stream = Watch(c.name);
  EXPECT_EQ(stream.NextView()->state(), pb::RECOVERY_STATE_CANCELLED);
  EXPECT_THAT(stream.End(), IsOk()) << "it has ended: one message and a good end";
}

TEST_F(WatchWire, ShowsAnEndByTimeWhenItIsWrittenDown) {
  const auto c = world_.ToContact();
  Stream stream = Watch(c.name);
  ASSERT_TRUE(stream.NextView().has_value());
  wire_.clock().Advance(absl::Hours(24));
  world_.clock.Advance(absl::Hours(24));
  world_.RunTimers();
  const auto expired = stream.NextView();
  EXPECT_EQ(expired->state(), pb::RECOVERY_STATE_EXPIRED);
  EXPECT_TRUE(expired->has_end_time());
  EXPECT_THAT(stream.End(), IsOk());
}

TEST_F(WatchWire, DoesNotKnowTheUnknown) {
  EXPECT_THAT(Watch("recoveries/unknown").End(), Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(Watch("nonsense").End(), Refused(kInvalidArgument, Reason::kFieldInvalid));
  const auto c = world_.ToContact();
  EXPECT_THAT(Watch("recoveries/" + c.assigned.substr(c.assigned.find('/') + 1)).End(),
              Refused(kNotFound, Reason::kNotFound))
      << "a public id is no capability";
}

TEST_F(WatchWire, LooksTheSameForDecoys) {  // REC-01
  Stream real = Watch(world_.Start(kAlicePhone)->name());
  Stream decoy = Watch(world_.Start(kNobodysPhone)->name());
  pb::Recovery a = *real.NextView();
  pb::Recovery b = *decoy.NextView();
  for (pb::Recovery* view : {&a, &b}) {
    view->clear_name();
    view->mutable_own_code()->clear_masked_address();  // what was typed
  }
  EXPECT_EQ(a.SerializeAsString(), b.SerializeAsString());
}

TEST_F(WatchWire, EndsForACapabilityThatWasReplacedInPerson) {
  const auto c = world_.ToContact();
  Stream stream = Watch(c.name);
  ASSERT_TRUE(stream.NextView().has_value());
  ASSERT_THAT(world_.Come("alice"), IsOk());
  EXPECT_THAT(stream.End(), Refused(kNotFound, Reason::kNotFound));
  Stream device = Watch(Officers::NameOf("alice"));
  const auto view = device.NextView();
  EXPECT_EQ(view->state(), pb::RECOVERY_STATE_IN_PERSON);
  EXPECT_TRUE(view->has_confirm_allowed_time());
}

TEST_F(WatchWire, EndsWhenTheServerStops) {
  const auto c = world_.ToContact();
  Stream stream = Watch(c.name);
  ASSERT_TRUE(stream.NextView().has_value());
  wire_.gate().Close();
  feed_.Stop();
  EXPECT_THAT(stream.End(), Refused(kUnavailable, Reason::kShuttingDown));
}

TEST_F(WatchWire, IsForPortals) {
  const auto context = wire_.Context("bank/north");
  pb::WatchRecoveryRequest in;
  in.set_name("recoveries/x");
  const auto reader = stub_->WatchRecovery(context.get(), in);
  pb::WatchRecoveryResponse message;
  EXPECT_FALSE(reader->Read(&message));
  EXPECT_THAT(rpc::FromWire(reader->Finish()), Refused(kPermissionDenied, Reason::kRoleNotAllowed));
}

TEST_F(BeatingWatchWire, GivesASignOfLifeWhileNothingButTimeChanges) {
  Stream stream = Watch(world_.Start(kAlicePhone)->name());
  EXPECT_TRUE(stream.Next()->has_recovery());
  for (int i = 0; i < 3; ++i) {
    wire_.clock().Advance(absl::Seconds(1));
    const auto beat = stream.Next();
    ASSERT_TRUE(beat.has_value());
    EXPECT_FALSE(beat->has_recovery());
    EXPECT_TRUE(beat->has_server_time());
  }
}

// The time alone ends it: nobody has written that down yet.
TEST_F(BeatingWatchWire, ShowsAnEndByTimeWithASignOfLife) {
  const auto c = world_.ToContact();
  Stream stream = Watch(c.name);
  ASSERT_TRUE(stream.NextView().has_value());
  wire_.clock().Advance(absl::Hours(24));
  EXPECT_EQ(stream.NextView()->state(), pb::RECOVERY_STATE_EXPIRED);
  EXPECT_THAT(stream.End(), IsOk());
}

}  // namespace
}  // namespace tc::recovery
