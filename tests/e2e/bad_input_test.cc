// What no well-meaning client sends, at every method of every service: the catalogue's section C-W as a
// table. A name begins with its number there. Refused calls leave the stores as they were, and the programs
// go on serving.
//
// Elsewhere:
//   1-9, 32, 35-42, 45, 74   hostile_peer_test, which speaks other TLS and HTTP/2 than ours; 16
//   production_test 10-15, 17                permissions_test 23-31                    bad_assertions_test;
//   25 also hostile_peer_test 59                       foreign_objects_test, neutral_objects_test 61, 73, 69
//   how it is logged: common/obs/log_test; the sizes of pages: common/rpc/page_test;
//                            deadlines that are too long: common/rpc/gate_test
//   65, 67, 70               common/rpc/once_test
//   75                       common/kv/timer_runner_test, common/rpc/once_test, otp's window_test
//   76, 79, 80               common/kv: durability_test, transaction_test, crash_test; crash_test here
//   77, 78                   common/rpc/gate_wire_test, runtime_wire_test; the services' outbound tests

#include <limits>
#include <mutex>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/testing/status.h"
#include "tests/e2e/bad_input.h"

namespace tc::e2e {
namespace {

const std::set<std::string> kRefusedField = {"INVALID_ARGUMENT FIELD_INVALID"};
const std::set<std::string> kUnreadable = {"INVALID_ARGUMENT FIELD_INVALID"};
const std::set<std::string> kNoRequestId = {"INVALID_ARGUMENT REQUEST_ID_MISSING"};

const std::vector<Case>& Cases() {
  static const std::vector<Case> cases = {
      {"33_MetadataOf8193Bytes",
       [](const Served& s) {
         return std::vector<Attempt>{{"", Base(s), {{"x-long", std::string(8193, 'm')}}}};
       },
       {"RESOURCE_EXHAUSTED", "UNAVAILABLE"},
       true},
      {"34_FiveHundredMetadataKeys",
       [](const Served& s) {
         Attempt attempt{"", Base(s)};
         for (int i = 0; i < 500; ++i) attempt.metadata.emplace_back(absl::StrCat("x-key-", i), "v");
         return std::vector<Attempt>{attempt};
       },
       {"RESOURCE_EXHAUSTED", "UNAVAILABLE"},
       true},
      {"43_MessageOf16385Bytes",
       [](const Served& s) { return Appended(s, "", UnknownField(16385 - Base(s).size())); },
       {"RESOURCE_EXHAUSTED MESSAGE_TOO_LARGE"}},
      {"43_MessageOfAMillionBytes",
       [](const Served& s) { return Appended(s, "", UnknownField(1000000)); },
       {"RESOURCE_EXHAUSTED"}},
      // The transport is told to take no compression at all, so that nothing is inflated.
      {"44_GzipBomb",
       [](const Served&) {
         return std::vector<Attempt>{{"", std::string(1 << 20, '\0'), {}, true, true}};
       },
       {"UNIMPLEMENTED", "INTERNAL", "RESOURCE_EXHAUSTED"}},
      {"46_TruncatedMessage", [](const Served& s) { return Appended(s, "", "\x82\x7d\x64too short"); },
       kUnreadable},
      {"47_VarintOfElevenBytes",
       [](const Served& s) { return Appended(s, "", "\x80\x7d" + std::string(10, '\xff') + "\x01"); },
       kUnreadable},
      {"48_ThousandNestedGroups",
       [](const Served& s) {
         std::string groups;
         for (int i = 0; i < 1000; ++i) groups += "\x83\x7d";
         for (int i = 0; i < 1000; ++i) groups += "\x84\x7d";
         return Appended(s, "", groups);
       },
       kUnreadable},
      // A field of another wire type is an unknown field, as protobuf has it: as if it were not there.
      {"49_RequestIdOfAnotherWireType",
       [](const Served& s) {
         if (!Mutates(s)) return std::vector<Attempt>();
         const std::unique_ptr<Message> request = SampleRequest(*s.method);
         SetString(*request, "request_id", "");
         const int number = request->GetDescriptor()->FindFieldByName("request_id")->number();
         return std::vector<Attempt>{
             {"", request->SerializeAsString() + static_cast<char>(number << 3) + "\x01"}};
       },
       kNoRequestId},
      // The last of two counts, as protobuf has it.
      {"50_RequestIdTwice",
       [](const Served& s) {
         if (!Mutates(s)) return std::vector<Attempt>();
         const int number =
             SampleRequest(*s.method)->GetDescriptor()->FindFieldByName("request_id")->number();
         return Appended(s, "",
                         absl::StrCat(std::string(1, static_cast<char>((number << 3) | 2)), "\x03", "bad"));
       },
       kNoRequestId},
      {"51_UnknownFieldsInsteadOfARequestId",
       [](const Served& s) {
         std::vector<Attempt> attempts = WithRequestId(s, "");
         for (Attempt& attempt : attempts) attempt.body += UnknownField(10240);
         return attempts;
       },
       kNoRequestId},
      {"52_EnumUnknown", [](const Served& s) { return EnumsEverywhere(s, 999); }, kRefusedField},
      {"53_EnumUnspecified",
       [](const Served& s) { return EnumsEverywhere(s, 0); },
       {"INVALID_ARGUMENT FIELD_INVALID"}},
      {"54_NoUtf8", [](const Served& s) { return AtEach(s, IsText, SetText("\xc3\x28")); }, kUnreadable},
      {"55_OverlongUtf8", [](const Served& s) { return AtEach(s, IsText, SetText("\xc0\xaf")); },
       kUnreadable},
      {"56_NulInAnId",
       [](const Served& s) {
         return IdsEverywhere(s, false, [](std::string name) { return name + std::string(1, '\0') + "x"; });
       },
       kRefusedField},
      {"57_IdMissing",
       [](const Served& s) {
         return IdsEverywhere(s, true,
                              [](const std::string& name) { return name.substr(0, name.find('/') + 1); });
       },
       kRefusedField},
      {"57_IdTooLong",
       [](const Served& s) {
         return IdsEverywhere(s, false, [](const std::string& name) { return name + std::string(200, '1'); });
       },
       kRefusedField},
      // An id of zeros only is the nil UUID; other ids are texts, and one of zeros is as good as any.
      {"58_RequestIdOfZeros",
       [](const Served& s) { return WithRequestId(s, "00000000-0000-0000-0000-000000000000"); },
       kNoRequestId},
      {"60_BidirectionalAndInvisible",
       [](const Served& s) {
         return TextEverywhere(s, {"a\u202e"
                                   "b",
                                   "a\u200b"
                                   "b"});
       },
       {"INVALID_ARGUMENT"}},
      {"61_LineBreaksAndEscapes",
       [](const Served& s) {
         return TextEverywhere(s, {"a\r\nb", "a\x1b[31mb"});
       },
       {"INVALID_ARGUMENT"}},
      // By the field's limit; or by what it is compared with, which is never so long.
      {"62_FifteenThousandLetters",
       [](const Served& s) { return AtEach(s, ReadText(s), SetText(std::string(15000, 'a'))); },
       {"INVALID_ARGUMENT", "NOT_FOUND", "PERMISSION_DENIED PROOF_INVALID"}},
      {"62_MillionLetters",
       [](const Served& s) { return AtEach(s, IsText, SetText(std::string(1000000, 'a'))); },
       {"RESOURCE_EXHAUSTED"}},
      {"63_RequestIdMissing", [](const Served& s) { return WithRequestId(s, ""); }, kNoRequestId},
      {"63_RequestIdNoUuid", [](const Served& s) { return WithRequestId(s, "1"); }, kNoRequestId},
      // The server's clock decides: what a caller says of the future is bounded, and what is over changes
      // nothing.
      {"71_TimesFarAhead",
       [](const Served& s) { return Times(s, 253402300799, 0); },  // the end of 9999
       {"INVALID_ARGUMENT", "NOT_FOUND", "PERMISSION_DENIED PROOF_INVALID"}},
      {"71_TimesFarBehind",
       [](const Served& s) { return Times(s, -62135596800, 0); },  // the start of 1
       {"INVALID_ARGUMENT", "NOT_FOUND", "PERMISSION_DENIED PROOF_INVALID", "OK"}},
      {"71_TimesThatAreNone",
       [](const Served& s) {
         std::vector<Attempt> attempts = Times(s, int64_t{1} << 60, 0);
         for (Attempt& attempt : Times(s, 0, -1)) attempts.push_back(std::move(attempt));
         return attempts;
       },
       {"INVALID_ARGUMENT"}},
      {"72_NumbersBelowZero",
       [](const Served& s) { return Numbers(s, -1, std::numeric_limits<uint64_t>::max()); },
       {"INVALID_ARGUMENT"}},
      {"72_NumbersTooLarge",
       [](const Served& s) { return Numbers(s, std::numeric_limits<int32_t>::max(), uint64_t{1} << 63); },
       {"INVALID_ARGUMENT"}},
      {"73_PageSizeBelowZero", [](const Served& s) { return PageSize(s, -1); }, {"INVALID_ARGUMENT"}},
      {"73_PageTokenForged",
       [](const Served& s) {
         const auto fits = [](const std::string& path, const FieldDescriptor&) {
           return path == "page_token";
         };
         return AtEach(s, fits, SetText("Zm9yZ2VkIHRva2VuIHdpdGggYSBsb25nIHRhaWw"));
       },
       {"INVALID_ARGUMENT PAGE_TOKEN_INVALID"}},
  };
  return cases;
}

class EveryMethodAt : public BadInput, public ::testing::WithParamInterface<Case> {};

TEST_P(EveryMethodAt, IsRefusedAndNothingIsWritten) {
  const std::vector<uint64_t> before = Revisions();
  TryEverywhere(GetParam());
  std::printf("    %d calls\n", tried_);
  EXPECT_GT(tried_, 0);
  EXPECT_EQ(wrong_.size(), 0U) << absl::StrJoin(wrong_, "\n");
  // By the audit log only: a refusal that it puts down (a recovery's proof that is not genuine), a
  // checkpoint.
  const std::vector<uint64_t> after = Revisions();
  for (size_t i = 0; i < after.size(); ++i)
    EXPECT_LE(after[i] - before[i], 2U) << "of " << tried_ << " calls";
}

INSTANTIATE_TEST_SUITE_P(CW, EveryMethodAt, ::testing::ValuesIn(Cases()),
                         [](const auto& test) { return std::string(test.param.name); });

// ---- 18 to 22: what is not served

TEST_F(BadInput, CW18To22_UnknownMethodsAndServicesReflectionChannelzAndHealthAreNotServed) {
  for (const dev::Service service : dev::kServices) {
    for (const char* path :
         {"/trustedcontact.identity.v1.IdentityService/DropAccounts",
          "/trustedcontact.identity.v9.IdentityService/GetAccount",
          "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
          "/grpc.channelz.v1.Channelz/GetServers", "/grpc.health.v1.Health/Check", "//", "/x"}) {
      const RawAnswer answer = door_.Ask(service, dev::From("portal/test"), {path, "", {}});
      EXPECT_EQ(answer.code(), grpc::StatusCode::UNIMPLEMENTED) << path << " " << answer.Brief();
    }
  }
  Revisions();
}

// The control of the table: its requests are right but for what a case changes.
TEST_F(BadInput, TheRequestsThatAreSpoiltAreRightInForm) {
  std::vector<std::string> wrong;
  for (const Served& served : EveryMethod()) {
    if (served.method->server_streaming()) continue;
    const dev::Caller caller = CallerOf(served);
    const RawAnswer answer =
        door_.Ask(served.where, caller, {served.Path(), Personal(Base(served), caller), {}});
    // These name what is there only when it was made before.
    static const std::set<std::string> kNothingThere = {"DeliveryService/ReportDelivery",
                                                        "AdminService/ProveAuditEntry"};
    if (answer.Reason() == "FIELD_INVALID" && kNothingThere.count(served.Label()) == 0)
      wrong.push_back(absl::StrCat(served.Label(), ": ", answer.AllThatIsTold()));
  }
  EXPECT_EQ(wrong.size(), 0U) << absl::StrJoin(wrong, "\n");
}

// ---- 64, 66, 68: one request more than once

class SentAgain : public BadInput {
 protected:
  static const Served& Method() { return MethodOf("IdentityService/CreateAccount"); }
  // An account of its own for each test.
  std::unique_ptr<Message> NewAccount(const std::string& id) {
    std::unique_ptr<Message> request = SampleRequest(*Method().method);
    SetString(*request, "account_id", id);
    SetString(*request, "account.name", "");
    SetString(*request, "account.person.snils", dev::Snils(100000000 + ++made_));
    SetString(*request, "request_id", "");
    request->GetReflection()->ClearField(request.get(),
                                         request->GetDescriptor()->FindFieldByName("verified_phone"));
    request->GetReflection()->ClearField(request.get(),
                                         request->GetDescriptor()->FindFieldByName("verified_email"));
    dev::FillRequestId(*request);
    return request;
  }
  RawAnswer Send(const Message& request, absl::Duration deadline = absl::Seconds(20)) {
    return door_.Ask(Method().where, dev::From("identity-provider/test"),
                     {Method().Path(), request.SerializeAsString(), {}, deadline});
  }

 private:
  inline static int made_ = 0;
};

TEST_F(SentAgain, CW64_WithAnotherBodyIsRefused) {
  const std::unique_ptr<Message> request = NewAccount("again-64");
  ASSERT_TRUE(Send(*request).status.ok()) << Send(*request).AllThatIsTold();
  SetString(*request, "account.person.first_name", "Olga");
  EXPECT_EQ(Send(*request).Reason(), "REQUEST_ID_REUSED");
}

TEST_F(SentAgain, CW66_SixtyFourTimesAtOnceHasOneEffectAndOneAnswer) {
  const std::unique_ptr<Message> request = NewAccount("again-66");
  std::mutex mutex;
  std::set<std::string> answers;
  Line line(suite().ChannelOf(Method().where, "identity-provider/test"), 64);
  for (int i = 0; i < 64; ++i) {
    line.Send({Method().Path(), request->SerializeAsString(), {}}, [&](const RawAnswer& answer) {
      const std::lock_guard lock(mutex);
      answers.insert(answer.AllThatIsTold());
    });
  }
  line.Wait();
  ASSERT_EQ(answers.size(), 1U) << absl::StrJoin(answers, "\n");
  EXPECT_TRUE(absl::StartsWith(*answers.begin(), "OK")) << *answers.begin();
}

TEST_F(SentAgain, CW68_AfterADeadlineOfAMillisecondThereIsOneAccountAndItsAnswer) {
  const std::unique_ptr<Message> request = NewAccount("again-68");
  Send(*request, absl::Milliseconds(1));
  const RawAnswer answer = Send(*request, absl::Hours(10));  // 69: cut to the server's own
  EXPECT_TRUE(answer.status.ok()) << answer.Brief();
  EXPECT_EQ(Send(*request).body, answer.body);
}

}  // namespace
}  // namespace tc::e2e
