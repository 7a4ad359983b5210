#include "common/rpc/secret_fields.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/text_format.h>

#include <string>

#include "common/testing/status.h"
#include "trustedcontact/options/v1/options.pb.h"

namespace tc::rpc {
namespace {

using google::protobuf::Message;

constexpr char kFile[] = R"(
  name: "secret_fields_test.proto" package: "test.secrets" syntax: "proto3"
  dependency: "trustedcontact/options/v1/options.proto"
  message_type { name: "Inner"
    field { name: "code" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL
      options { [trustedcontact.options.v1.sensitive]: true } }
    field { name: "note" number: 2 type: TYPE_STRING label: LABEL_OPTIONAL } }
  message_type { name: "Plain"
    field { name: "note" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL }
    field { name: "count" number: 2 type: TYPE_INT32 label: LABEL_OPTIONAL } }
  message_type { name: "Request"
    field { name: "name" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL }
    field { name: "password" number: 2 type: TYPE_STRING label: LABEL_OPTIONAL
      options { [trustedcontact.options.v1.sensitive]: true } }
    field { name: "proof" number: 3 type: TYPE_BYTES label: LABEL_OPTIONAL
      options { [trustedcontact.options.v1.sensitive]: true } }
    field { name: "codes" number: 4 type: TYPE_STRING label: LABEL_REPEATED
      options { [trustedcontact.options.v1.sensitive]: true } }
    field { name: "inner" number: 5 type: TYPE_MESSAGE type_name: ".test.secrets.Inner" label: LABEL_OPTIONAL }
    field { name: "more" number: 6 type: TYPE_MESSAGE type_name: ".test.secrets.Inner" label: LABEL_REPEATED }
    field { name: "marked" number: 7 type: TYPE_MESSAGE type_name: ".test.secrets.Plain" label: LABEL_OPTIONAL
      options { [trustedcontact.options.v1.sensitive]: true } }
    field { name: "phone" number: 8 type: TYPE_STRING label: LABEL_OPTIONAL oneof_index: 0
      options { [trustedcontact.options.v1.sensitive]: true } }
    field { name: "account" number: 9 type: TYPE_STRING label: LABEL_OPTIONAL oneof_index: 0 }
    oneof_decl { name: "who" } }
  message_type { name: "Endless"
    field { name: "inner" number: 1 type: TYPE_MESSAGE type_name: ".test.secrets.Endless" label: LABEL_OPTIONAL } }
)";

const google::protobuf::FileDescriptor& TestFile() {
  static const google::protobuf::FileDescriptor* const file = [] {
    trustedcontact::options::v1::MethodRules::descriptor();
    static google::protobuf::DescriptorPool pool(google::protobuf::DescriptorPool::generated_pool());
    google::protobuf::FileDescriptorProto proto;
    if (!google::protobuf::TextFormat::ParseFromString(kFile, &proto)) std::abort();
    return pool.BuildFile(proto);
  }();
  return *file;
}

class SecretFieldsTest : public ::testing::Test {
 protected:
  std::unique_ptr<Message> Make(const char* type, const std::string& text) {
    std::unique_ptr<Message> message(messages_.GetPrototype(TestFile().FindMessageTypeByName(type))->New());
    if (!google::protobuf::TextFormat::ParseFromString(text, message.get())) ADD_FAILURE() << text;
    return message;
  }
  // What the message says after a Wipe.
  std::string Wiped(const char* type, const std::string& text) {
    const std::unique_ptr<Message> message = Make(type, text);
    const absl::StatusOr<SecretFields> secrets = SecretFields::Of(*message->GetDescriptor());
    if (!secrets.ok()) return secrets.status().ToString();
    secrets->Wipe(*message);
    std::string out;
    google::protobuf::TextFormat::Printer printer;
    printer.SetSingleLineMode(true);
    printer.PrintToString(*message, &out);
    return out;
  }

  google::protobuf::DynamicMessageFactory messages_;
};

TEST_F(SecretFieldsTest, AreOverwrittenWhereTheyStand) {
  const std::unique_ptr<Message> request = Make("Request", "password: 'correct horse'");
  std::string scratch;
  const std::string& held = request->GetReflection()->GetStringReference(
      *request, request->GetDescriptor()->FindFieldByName("password"), &scratch);
  const char* const bytes = held.data();
  ASSERT_EQ(std::string(bytes, 7), "correct");
  ASSERT_OK_AND_ASSIGN(const SecretFields secrets, SecretFields::Of(*request->GetDescriptor()));
  secrets.Wipe(*request);
  EXPECT_EQ(std::string(bytes, 13), std::string(13, '\0'));
}

TEST_F(SecretFieldsTest, AreFoundWhereverTheyAre) {
  EXPECT_EQ(
      Wiped("Request",
            "name: 'n' password: 'abc' proof: 'abc' codes: 'a' codes: 'b'"
            " inner { code: 'abc' note: 'n' } more { code: 'a' } more { note: 'n' }"
            " marked { note: 'abc' count: 3 } phone: 'abc'"),
      "name: \"n\" password: \"\\000\\000\\000\" proof: \"\\000\\000\\000\" codes: \"\\000\" codes: \"\\000\""
      " inner { code: \"\\000\\000\\000\" note: \"n\" } more { code: \"\\000\" } more { note: \"n\" }"
      " marked { note: \"\\000\\000\\000\" count: 3 } phone: \"\\000\\000\\000\" ");
  EXPECT_EQ(Wiped("Request", "account: 'a'"), "account: \"a\" ");
}

// The text of an absent field is shared by all messages of the program.
TEST_F(SecretFieldsTest, LeaveAbsentFieldsAlone) {
  EXPECT_EQ(Wiped("Request", ""), "");
  EXPECT_EQ(Wiped("Request", "inner { note: 'n' } marked { count: 1 }"),
            "inner { note: \"n\" } marked { count: 1 } ");
}

TEST_F(SecretFieldsTest, CostNothingWhereThereAreNone) {
  ASSERT_OK_AND_ASSIGN(const SecretFields none, SecretFields::Of(*TestFile().FindMessageTypeByName("Plain")));
  EXPECT_TRUE(none.empty());
  ASSERT_OK_AND_ASSIGN(const SecretFields some, SecretFields::Of(*TestFile().FindMessageTypeByName("Inner")));
  EXPECT_FALSE(some.empty());
}

TEST_F(SecretFieldsTest, HaveNoEndInAMessageThatMayContainItself) {
  EXPECT_EQ(SecretFields::Of(*TestFile().FindMessageTypeByName("Endless")).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace tc::rpc
