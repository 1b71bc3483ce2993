// Command lines that the server runs on its clients' streams.

#include "lent_streams.hpp"
#include "run_for_client.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <thread>

namespace fairlead::rpc {
namespace {

std::string content(const UniqueFd& file) {
  std::string text(65536, '\0');
  const auto got = ::pread(file.get(), text.data(), text.size(), 0);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

class LentStreams : public testing::Test {
 protected:
  LentStreams() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    client_ = UniqueFd(ends[0]);
    server_ = UniqueFd(ends[1]);
    run_.working_directory = testing::TempDir();
    run_.environment = {{"HOME", testing::TempDir()}, {"ODD", "a=b\nc"}};
    for (auto* stream : {&out_, &err_}) *stream = UniqueFd(::memfd_create("stream", MFD_CLOEXEC));
    run_.streams = {UniqueFd(::memfd_create("in", MFD_CLOEXEC)), UniqueFd(::dup(out_.get())),
                    UniqueFd(::dup(err_.get()))};
  }

  /// The exit status of the command line, run to its end; -1: the server hung up before.
  int run(std::vector<std::string> arguments) {
    run_.arguments = std::move(arguments);
    EXPECT_TRUE(send_run(client_.get(), run_));
    std::thread serving([&] {
      run_for_client(server_, "", {});
      server_.reset();
    });
    int code = -1;
    while (const auto note = receive_note(client_.get())) {
      if (note->kind == LentNote::exit) code = note->number;
    }
    serving.join();
    return code;
  }

  UniqueFd client_;
  UniqueFd server_;
  UniqueFd out_;
  UniqueFd err_;
  LentRun run_;
};

TEST_F(LentStreams, CarryAWholeCommandLine) {
  run_.arguments = {"exec", "--", "", "ünï\n"};
  run_.rows = 31;
  run_.columns = 97;
  run_.umask = 027;
  ASSERT_TRUE(send_run(client_.get(), run_));
  const auto got = receive_run(server_.get());
  ASSERT_TRUE(got);
  EXPECT_EQ(got->arguments, run_.arguments);
  EXPECT_EQ(got->environment, run_.environment);
  EXPECT_EQ(got->rows, 31);
  EXPECT_EQ(got->columns, 97);
  EXPECT_EQ(got->umask, std::optional(027U));
  EXPECT_FALSE(got->drop_in);
  EXPECT_GE(got->streams[2].get(), 0);
}

TEST_F(LentStreams, CarryNoUmaskOfAnOlderClient) {
  run_.arguments = {"list"};
  ASSERT_TRUE(send_run(client_.get(), run_));
  const auto got = receive_run(server_.get());
  ASSERT_TRUE(got);
  EXPECT_EQ(got->arguments, run_.arguments);
  EXPECT_FALSE(got->umask);
}

TEST_F(LentStreams, GetWhatACommandPrints) {
  EXPECT_EQ(run({"--version"}), 0);
  EXPECT_TRUE(content(out_).starts_with("fairlead")) << content(out_);
  EXPECT_EQ(content(err_), "");
}

TEST_F(LentStreams, GetWhatIsWrongAndTheStatus) {
  EXPECT_EQ(run({"nonsense"}), 2);
  EXPECT_EQ(content(out_), "");
  EXPECT_NE(content(err_).find("nonsense"), std::string::npos);
}

TEST_F(LentStreams, FindErrorsOfCommands) {
  EXPECT_EQ(run({"read-configuration", "--workspace-folder", "/no/such/folder"}), 1);
  EXPECT_NE(content(err_).find("error: "), std::string::npos) << content(err_);
}

TEST_F(LentStreams, AreTheReferencesWhenItIsCalledSo) {
  run_.drop_in = true;
  EXPECT_EQ(run({"nonsense"}), 1);
}

TEST_F(LentStreams, AreRefusedWithoutDescriptors) {
  const std::uint32_t size = 4;
  ASSERT_EQ(::send(client_.get(), &size, sizeof size, 0), 4);
  EXPECT_FALSE(receive_run(server_.get()));
}

TEST_F(LentStreams, CarryNotesBothWays) {
  ASSERT_TRUE(send_note(client_.get(), {LentNote::signal, SIGINT}));
  const auto note = receive_note(server_.get());
  ASSERT_TRUE(note);
  EXPECT_EQ(note->kind, LentNote::signal);
  EXPECT_EQ(note->number, SIGINT);
  client_.reset();
  EXPECT_FALSE(receive_note(server_.get()));
}

}  // namespace
}  // namespace fairlead::rpc
