#include <fairlead/model_json.hpp>
#include <fairlead/sdk/call.hpp>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace fairlead::sdk {
namespace {

// The core's half of a call, as plain as it can be.
struct Answer {
  int count = 0;
  fairlead_status status = -1;
  std::string body;
  std::vector<UniqueFd> fds;
  std::vector<std::string> events;
};

class RawCall {
 public:
  explicit RawCall(std::vector<std::int32_t> fds = {}) : fds_(std::move(fds)) {
    raw_.size = sizeof raw_;
    raw_.cancel_fd = cancel_.get();
    raw_.fds = fds_.data();
    raw_.fd_count = fds_.size();
    raw_.owner = &answer;
    raw_.emit = [](const fairlead_call* call, fairlead_str event) {
      static_cast<Answer*>(call->owner)->events.emplace_back(event.data, event.size);
    };
    raw_.done = [](const fairlead_call* call, fairlead_status status, fairlead_str body,
                   const std::int32_t* given, std::size_t count) {
      auto& into = *static_cast<Answer*>(call->owner);
      ++into.count;
      into.status = status;
      if (body.size > 0) into.body.assign(body.data, body.size);
      for (std::size_t i = 0; i < count; ++i) into.fds.emplace_back(given[i]);
    };
  }
  const fairlead_call* get() const { return &raw_; }
  void cancel() const { ::eventfd_write(cancel_.get(), 1); }

  Answer answer;

 private:
  std::vector<std::int32_t> fds_;
  UniqueFd cancel_{::eventfd(0, EFD_CLOEXEC)};
  fairlead_call raw_{};
};

int open_null() { return ::open("/dev/null", O_RDWR | O_CLOEXEC); }
bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

TEST(SdkCall, AnswersByItselfWhenDropped) {
  RawCall raw;
  { const Call call(raw.get()); }
  EXPECT_EQ(raw.answer.count, 1);
  EXPECT_EQ(raw.answer.status, FAIRLEAD_INTERNAL);
  EXPECT_EQ(decode<Failure>(raw.answer.body).code, "plugin.no_answer");
}

TEST(SdkCall, AnswersOnce) {
  RawCall raw;
  {
    Call call(raw.get());
    call.reply("{}");
    call.fail(Status::failed, {"late", "too late", ""});
  }
  EXPECT_EQ(raw.answer.count, 1);
  EXPECT_EQ(raw.answer.status, FAIRLEAD_OK);
}

TEST(SdkCall, GivesEachDescriptorOnceAndClosesTheRest) {
  const int taken = open_null();
  const int left = open_null();
  RawCall raw({taken, left});
  UniqueFd mine;
  {
    Call call(raw.get());
    mine = call.take({0});
    EXPECT_EQ(mine.get(), taken);
    EXPECT_FALSE(call.take({0}));
    EXPECT_FALSE(call.take({2}));
    EXPECT_FALSE(call.take({}));
    call.reply("{}");
  }
  EXPECT_TRUE(is_open(taken));
  EXPECT_FALSE(is_open(left));
}

TEST(SdkCall, SendsWhatWasAttached) {
  RawCall raw;
  {
    Call call(raw.get());
    EXPECT_EQ(call.attach(UniqueFd(open_null())).fd, 0);
    EXPECT_EQ(call.attach(UniqueFd(open_null())).fd, 1);
    call.reply("{}");
  }
  EXPECT_EQ(raw.answer.fds.size(), 2U);
  EXPECT_TRUE(is_open(raw.answer.fds[1].get()));
}

TEST(SdkCall, SendsNothingWithAFailure) {
  RawCall raw;
  int attached = -1;
  {
    Call call(raw.get());
    attached = open_null();
    call.attach(UniqueFd(attached));
    call.fail(Status::conflict, {"test.taken", "taken", "choose"});
  }
  EXPECT_TRUE(raw.answer.fds.empty());
  EXPECT_FALSE(is_open(attached));
  EXPECT_EQ(raw.answer.status, FAIRLEAD_CONFLICT);
  EXPECT_EQ(decode<Failure>(raw.answer.body).hint, "choose");
}

TEST(SdkCall, SeesACancel) {
  RawCall raw;
  Call call(raw.get());
  EXPECT_FALSE(call.cancelled());
  EXPECT_NO_THROW(call.throw_if_cancelled());
  raw.cancel();
  EXPECT_TRUE(call.cancelled());
  EXPECT_THROW(call.throw_if_cancelled(), Error);
  call.reply("{}");
}

TEST(SdkCall, EmitsEvents) {
  RawCall raw;
  Call call(raw.get());
  Event event;
  event.output = "x";
  call.emit(event);
  call.reply("{}");
  EXPECT_EQ(raw.answer.events, std::vector<std::string>{R"({"output":"x"})"});
}

}  // namespace
}  // namespace fairlead::sdk
