// Receipts all the way: from a gateway's HTTP request to the delivery's record (SND-15).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/kv/testing.h"
#include "common/testing/status.h"
#include "services/otp/rpc/receipt_http_testing.h"
#include "services/otp/rpc/receipt_listener.h"
#include "services/otp/rpc/reporting_testing.h"

namespace tc::otp {
namespace {

using ::testing::HasSubstr;
using State = DeliveryState;

class ReceiptsWire : public ::testing::Test {
 protected:
  ReceiptsWire()
      : fail_(std::make_shared<std::atomic<bool>>(false)),
        bench_({"sms", "other"}, kv::InMemoryForTest({.fail_next_write = fail_})) {
    ReceiptListenerOptions options;
    options.listen = "127.0.0.1:0";
    listener_ = *ReceiptListener::Start(
        options, [this](absl::string_view provider, absl::string_view token, const ReceiptCall& call) {
          return bench_.receipts.Take(provider, token, call);
        });
  }

  // The address that the provider was given with the message.
  std::string Address(const DeliveryId& id, const std::string& provider = "sms") const {
    return bench_.address.Make(listener_->url(), provider, {id, 1});
  }
  static HttpReply Get(const std::string& url, const std::string& query, const char* signature = "right") {
    return HttpFetch(absl::StrCat(url, query), {.headers = {absl::StrCat("X-Signature: ", signature)}});
  }

  std::shared_ptr<std::atomic<bool>> fail_;
  ReportingBench bench_;
  std::unique_ptr<ReceiptListener> listener_;
};

TEST_F(ReceiptsWire, TellWhatBecameOfAMessageByGetOrPost) {
  const DeliveryId id = bench_.Send();
  EXPECT_EQ(Get(Address(id), "?says=deferred&number=1").code, 204);
  EXPECT_EQ(bench_.Find(id).state, State::kDeferred);
  const HttpAsk post{.method = "POST", .body = "delivered", .headers = {"x-signature: right"}};
  EXPECT_EQ(HttpFetch(Address(id) + "?number=2", post).code, 204);
  EXPECT_EQ(bench_.Find(id).state, State::kDelivered);
}

TEST_F(ReceiptsWire, AreRepeatableAndOrdered) {
  const DeliveryId id = bench_.Send();
  EXPECT_EQ(Get(Address(id), "?says=deferred&number=5").code, 204);
  const Delivery after = bench_.Find(id);
  EXPECT_EQ(Get(Address(id), "?says=deferred&number=5").code, 204) << "replayed";
  EXPECT_EQ(Get(Address(id), "?says=failed&number=4").code, 204) << "reordered";
  EXPECT_EQ(bench_.Find(id), after);
  EXPECT_EQ(Get(Address(id), "?says=delivered&number=6").code, 204);
  EXPECT_EQ(Get(Address(id), "?says=failed&number=7").code, 204);
  EXPECT_EQ(bench_.Find(id).state, State::kDelivered) << "final";
}

TEST_F(ReceiptsWire, ThatAreForgedChangeNothing) {
  const DeliveryId id = bench_.Send();
  const Delivery before = bench_.Find(id);
  std::string flipped = Address(id);
  flipped[flipped.size() - 2] = flipped[flipped.size() - 2] == 'A' ? 'B' : 'A';
  std::string elsewhere = Address(id);
  elsewhere.replace(elsewhere.find("/sms/"), 5, "/other/");
  for (const std::string& forged :
       {flipped, elsewhere, listener_->url() + "/receipts/sms/" + id.text(), Address(id) + "A"}) {
    EXPECT_EQ(Get(forged, "?says=failed").code, 404) << forged;
  }
  EXPECT_EQ(Get(Address(id), "?says=failed", "wrong").code, 401);
  EXPECT_EQ(Get(Address(id), "?says=nonsense").code, 400);
  EXPECT_EQ(bench_.Find(id), before);
}

TEST_F(ReceiptsWire, AreWantedAgainWhenTheStoreFails) {
  const DeliveryId id = bench_.Send();
  *fail_ = true;
  const HttpReply answer = Get(Address(id), "?says=delivered");
  EXPECT_EQ(answer.code, 503);
  EXPECT_THAT(answer.head, HasSubstr("Retry-After: "));
}

}  // namespace
}  // namespace tc::otp
