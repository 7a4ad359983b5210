#pragma once

// Sign-ins of the people of a World: from devices and places, with second factors.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "common/crypto/totp.h"
#include "services/identity/rpc/world_testing.h"

namespace tc::identity {

// Where somebody sits.
struct Seat {
  std::string device;
  std::string place;
};

inline void SetClient(trustedcontact::type::v1::ClientContext* client, const Seat& seat) {
  client->set_device(seat.device);
  client->set_place(seat.place);
}

inline absl::StatusOr<pb::VerifyPasswordResponse> VerifyAt(World& world, const Seat& seat,
                                                           const std::string& id,
                                                           const std::string& password) {
  pb::VerifyPasswordRequest in;
  in.set_account("accounts/" + id);
  in.set_password(password);
  SetClient(in.mutable_client(), seat);
  return world.handlers().sign_in.VerifyPassword(world.Idp(), in);
}

inline absl::StatusOr<pb::VerifySecondFactorResponse> EnterCode(World& world, const std::string& id,
                                                                const std::string& code,
                                                                const Seat& seat = {}) {
  pb::VerifySecondFactorRequest in;
  in.set_account("accounts/" + id);
  in.set_code(code);
  SetClient(in.mutable_client(), seat);
  return world.handlers().second_step.VerifySecondFactor(world.Idp(), in);
}

inline absl::StatusOr<pb::VerifySecondFactorResponse> SendSms(World& world, const std::string& id,
                                                              const std::string& phone = "",
                                                              const Seat& seat = {}) {
  pb::VerifySecondFactorRequest in;
  in.set_account("accounts/" + id);
  in.set_send_sms(true);
  in.set_phone(phone);
  SetClient(in.mutable_client(), seat);
  return world.handlers().second_step.VerifySecondFactor(world.Idp(), in);
}

inline absl::StatusOr<pb::TotpEnrollment> Enroll(World& world, const std::string& id) {
  pb::EnrollTotpRequest in;
  in.set_account("accounts/" + id);
  return world.handlers().second_factor.EnrollTotp(world.As(id), in);
}
inline absl::StatusOr<pb::SecuritySettings> ConfirmApp(World& world, const std::string& id,
                                                       const std::string& code) {
  pb::ConfirmTotpRequest in;
  in.set_account("accounts/" + id);
  in.set_code(code);
  return world.handlers().second_factor.ConfirmTotp(world.As(id), in);
}
inline absl::StatusOr<pb::SecuritySettings> DisableApp(World& world, const rpc::Call& call,
                                                       const std::string& id, const std::string& code,
                                                       const std::string& reason = "") {
  pb::DisableTotpRequest in;
  in.set_account("accounts/" + id);
  in.set_code(code);
  in.set_reason(reason);
  return world.handlers().second_factor.DisableTotp(call, in);
}

inline SecondFactors FactorsOf(World& world, const std::string& id) {
  SecondFactors factors;
  EXPECT_THAT(world.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    factors = TRY(world.handlers().desk.second_factors.Get(txn, AccountId::FromTrusted(id)));
    return absl::OkStatus();
  }),
              testing::IsOk());
  return factors;
}

// What the app on the person's phone shows `off` steps from now; a wrong code is `WrongCode`.
inline std::string AppShows(World& world, const Secret& key, int off = 0) {
  return crypto::TotpCode(key, world.now() + off * crypto::kTotpStep);
}
inline std::string WrongCode(World& world, const Secret& key) { return AppShows(world, key, 1000); }

// An app in use. Its key.
inline Secret TakeApp(World& world, const std::string& id) {
  EXPECT_THAT(Enroll(world, id), testing::IsOk());
  const Secret key = FactorsOf(world, id).enrolment->key;
  EXPECT_THAT(ConfirmApp(world, id, AppShows(world, key, -1)), testing::IsOk());
  return key;
}

inline absl::StatusOr<pb::SecuritySettings> Settings(World& world, const std::string& id) {
  pb::GetSecuritySettingsRequest in;
  in.set_name("accounts/" + id + "/securitySettings");
  return world.handlers().settings.GetSecuritySettings(world.As(id), in);
}
// Changes the named fields.
inline absl::StatusOr<pb::SecuritySettings> Choose(World& world, const std::string& id,
                                                   pb::SecuritySettings wanted,
                                                   const std::vector<std::string>& fields) {
  pb::UpdateSecuritySettingsRequest in;
  wanted.set_name("accounts/" + id + "/securitySettings");
  *in.mutable_settings() = std::move(wanted);
  for (const std::string& field : fields) in.mutable_update_mask()->add_paths(field);
  return world.handlers().settings.UpdateSecuritySettings(world.As(id), in);
}
inline absl::StatusOr<pb::SecuritySettings> ChooseFactor(World& world, const std::string& id,
                                                         pb::SecondFactor factor) {
  pb::SecuritySettings wanted;
  wanted.set_second_factor(factor);
  return Choose(world, id, wanted, {"second_factor"});
}

// The newest event of the type, as those who follow see it.
inline kv::Event LastEvent(World& world, const std::string& type) {
  kv::Event last;
  const std::vector<kv::Event> events = *world.database().Changes(0, 0, 10000);
  for (const kv::Event& event : events) {
    if (event.type == type) last = event;
  }
  EXPECT_EQ(last.type, type);
  return last;
}

inline size_t NoticesOf(World& world, NoticeKind kind) {
  world.Settle();
  const std::vector<Notice>& notices = world.otp().notices();
  return static_cast<size_t>(
      std::count_if(notices.begin(), notices.end(), [&](const Notice& n) { return n.kind == kind; }));
}

// "ivan", with a password, a bound number and an e-mail address.
class SignedUp : public ::testing::Test {
 protected:
  static constexpr const char* kGood = World::kGood;
  static constexpr const char* kBetter = World::kBetter;

  explicit SignedUp(const Policy& policy = TestPolicy()) : world_(policy) {
    EXPECT_THAT(world_.Citizen("ivan", 1), testing::IsOk());
    EXPECT_THAT(world_.SetPassword("ivan", "", kGood), testing::IsOk());
    world_.Settle();
    world_.NewEvents();
  }
  void Wrong(int times, const Seat& seat = {}) {
    for (int i = 0; i < times; ++i) EXPECT_FALSE(VerifyAt(world_, seat, "ivan", "wrong")->verified());
  }
  pb::AccountState state() { return world_.Get("ivan")->state(); }

  World world_;
};

}  // namespace tc::identity
