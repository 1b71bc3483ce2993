#include "ssh-remote/remote_text.hpp"

#include "ssh-remote/description.hpp"

#include <fairlead/plugins.hpp>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace fairlead::ssh {
namespace {

struct Said {
  int exit_code = -1;
  std::string out;
};

/// What /bin/sh makes of a command line, as a login shell would hand it over.
Said by_shell(const std::string& command) {
  const UniqueFd out(::memfd_create("out", MFD_CLOEXEC));
  CallOptions options;
  SpawnRequest request{.argv = {"/bin/sh", "-c", command}};
  request.out = options.pass(UniqueFd(::fcntl(out.get(), F_DUPFD_CLOEXEC, 3)));
  Said said;
  said.exit_code = local_host()->spawn(request, std::move(options)).exit_code;
  said.out.resize(65536);
  const auto size = ::pread(out.get(), said.out.data(), said.out.size(), 0);
  said.out.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return said;
}

TEST(RemoteText, QuotesWhatAShellWouldRead) {
  EXPECT_EQ(sh_word("plain/word-1.2:3,@+"), "plain/word-1.2:3,@+");
  EXPECT_EQ(sh_word(""), "''");
  EXPECT_EQ(sh_word("it's"), "'it'\\''s'");
  EXPECT_EQ(sh_word("a b"), "'a b'");
  EXPECT_EQ(sh_word("A=b"), "'A=b'");
}

TEST(RemoteText, HoldsNothingThatALoginShellCouldRead) {
  const auto command = for_any_shell("echo \"$HOME\" '!x' `id` %s \\ \n # \xff");
  const std::string head = "exec /bin/sh -c 'eval \"$(printf %b \"";
  ASSERT_TRUE(command.starts_with(head)) << command;
  const auto inner = command.substr(head.size(), command.size() - head.size() - 4);
  for (const char c : inner) {
    EXPECT_TRUE(std::string_view("!$`'\"%#&;|<>*?(){}[]~^\n").find(c) == std::string_view::npos)
        << inner;
  }
}

TEST(RemoteText, RunsExactlyTheGivenWords) {
  std::string all;
  for (int c = 1; c < 256; ++c) all += static_cast<char>(c);
  SpawnRequest request{.argv = {"printf", "%s|", all, "", "-n", "trailing\n"}};
  const auto result = by_shell(for_any_shell(spawn_script(request, {}, {})));
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out, all + "||-n|trailing\n|");
}

TEST(RemoteText, EndsWithTheCommandsStatus) {
  for (const int status : {0, 1, 126, 255}) {
    SpawnRequest request{.argv = {"sh", "-c", "exit " + std::to_string(status)}};
    EXPECT_EQ(by_shell(for_any_shell(spawn_script(request, {}, {}))).exit_code, status);
  }
}

TEST(RemoteText, SetsFolderAndVariables) {
  SpawnRequest request{.argv = {"sh", "-c", "pwd; echo \"$A\""},
                       .env = {{"A", "x\ny'z"}},
                       .working_directory = "/usr"};
  EXPECT_EQ(by_shell(for_any_shell(spawn_script(request, {}, {}))).out, "/usr\nx\ny'z\n");
  SpawnRequest clean{.argv = {"env"}, .env = {{"PATH", "/usr/bin"}}, .clean_env = true};
  EXPECT_EQ(by_shell(for_any_shell(spawn_script(clean, {}, {}))).out, "PATH=/usr/bin\n");
}

TEST(RemoteText, SaysWhatCannotBeStarted) {
  EXPECT_EQ(by_shell(for_any_shell(spawn_script({.argv = {"no-such-command"}}, {}, {}))).exit_code,
            127);
  SpawnRequest request{.argv = {"true"}, .working_directory = "/no/such"};
  EXPECT_EQ(by_shell(for_any_shell(spawn_script(request, {}, {}))).exit_code, 126);
}

TEST(RemoteText, PrintsTheMarkBeforeAnythingElse) {
  const auto script = spawn_script({.argv = {"echo", "x"}}, {}, "abc");
  EXPECT_EQ(by_shell(for_any_shell(script)).out, mark_line("abc") + "x\n");
}

TEST(HostFacts, AreReadBehindWhateverTheShellSays) {
  const auto output = by_shell(for_any_shell(facts_script("fairlead-unit-test", "m1"))).out;
  const auto quiet = read_facts(output, "m1");
  ASSERT_TRUE(quiet) << output;
  EXPECT_EQ(quiet->description.os, "linux");
  EXPECT_FALSE(quiet->description.arch.empty());
  EXPECT_FALSE(quiet->noisy);
  EXPECT_GE(quiet->description.cpus, 1);
  const auto noisy = read_facts("Welcome\n" + output, "m1");
  ASSERT_TRUE(noisy);
  EXPECT_TRUE(noisy->noisy);
  EXPECT_EQ(noisy->description.uid, quiet->description.uid);
  EXPECT_FALSE(read_facts("This account is not available.\n", "m1"));
  EXPECT_FALSE(read_facts(output, "another"));
}

}  // namespace
}  // namespace fairlead::ssh
