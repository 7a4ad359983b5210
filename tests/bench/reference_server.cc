#include "tests/bench/reference_server.h"

#include <grpcpp/grpcpp.h>
#include <rocksdb/db.h>
#include <rocksdb/utilities/write_batch_with_index.h>

#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "tests/bench/reference.grpc.pb.h"
#include "tests/bench/stop_signal.h"

namespace tc::bench {

namespace {

namespace pb = trustedcontact::bench;
constexpr size_t kAnswerBytes = 300;
constexpr size_t kMaxBatch = 256;

struct Write {
  const pb::ReferenceRequest* request;
  pb::ReferenceResponse* response;
  grpc::ServerUnaryReactor* reactor;
};

// Runs what waits against the store plus the batch so far, syncs once, then answers all.
class Writer {
 public:
  explicit Writer(const std::string& data) {
    rocksdb::Options options;
    options.create_if_missing = true;
    options.paranoid_checks = true;
    rocksdb::DB* db = nullptr;
    const rocksdb::Status status = rocksdb::DB::Open(options, data, &db);
    if (!status.ok()) std::fprintf(stderr, "tc_bench: %s\n", status.ToString().c_str());
    db_.reset(db);
    thread_ = std::thread([this] { Work(); });
  }
  ~Writer() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

  void Enqueue(const Write& write) {
    {
      const std::lock_guard lock(mutex_);
      queue_.push_back(write);
    }
    wake_.notify_one();
  }

 private:
  void Work() {
    std::vector<Write> writes;
    while (true) {
      writes.clear();
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return stop_ || !queue_.empty(); });
        if (queue_.empty()) return;
        const size_t n = std::min(queue_.size(), kMaxBatch);
        writes.assign(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(n));
        queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(n));
      }
      Commit(writes);
    }
  }

  void Commit(const std::vector<Write>& writes) {
    rocksdb::WriteBatchWithIndex batch(rocksdb::BytewiseComparator(), 0, true);
    for (const Write& write : writes) Put(*write.request, batch);
    rocksdb::WriteOptions options;
    options.sync = true;
    const bool written = db_->Write(options, batch.GetWriteBatch()).ok();
    for (const Write& write : writes) {
      write.response->set_payload(std::string(kAnswerBytes, 'y'));
      write.reactor->Finish(written ? grpc::Status()
                                    : grpc::Status(grpc::StatusCode::UNAVAILABLE, "not written"));
    }
  }

  void Put(const pb::ReferenceRequest& request, rocksdb::WriteBatchWithIndex& batch) {
    const std::string key = "record/" + std::to_string(request.key()) + "/";
    std::string record;
    for (uint32_t i = request.reads(); i-- > 0;) {
      record.clear();
      (void)batch.GetFromBatchAndDB(db_.get(), {}, key + std::to_string(i), &record);
    }
    record.resize(request.record_bytes(), 'x');
    ++record[0];
    for (uint32_t i = 0; i < request.writes(); ++i) batch.Put(key + std::to_string(i), record);
  }

  std::unique_ptr<rocksdb::DB> db_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Write> queue_;
  bool stop_ = false;
  std::thread thread_;
};

class Reference final : public pb::ReferenceService::CallbackService {
 public:
  explicit Reference(Writer& writer) : writer_(writer) {}

  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context, const pb::ReferenceRequest* request,
                                 pb::ReferenceResponse* response) override {
    response->set_payload(request->payload());
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status());
    return reactor;
  }

  grpc::ServerUnaryReactor* ReadModifyWrite(grpc::CallbackServerContext* context,
                                            const pb::ReferenceRequest* request,
                                            pb::ReferenceResponse* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    writer_.Enqueue({request, response, reactor});
    return reactor;
  }

 private:
  Writer& writer_;
};

}  // namespace

int ServeReference(const std::string& listen, const std::string& data) {
  const StopSignal stop;
  grpc::EnableDefaultHealthCheckService(true);
  Writer writer(data);
  Reference service(writer);
  grpc::ServerBuilder builder;
  builder.AddListeningPort(listen, grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  stop.Wait();
  server->Shutdown();
  return 0;
}

}  // namespace tc::bench
