// The host plugin `ssh` against a real sshd.

#include "ssh_host_fixture.hpp"
#include "support/wait.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <stop_token>
#include <thread>

namespace fairlead::test {
namespace {

const std::vector<std::string> awkward = {"plain",
                                          "two words",
                                          "",
                                          "it's",
                                          "\"quoted\"",
                                          "$HOME",
                                          "`id`",
                                          "$(id)",
                                          "a\\b\\\\c",
                                          "!history",
                                          "#comment",
                                          "~",
                                          "*",
                                          "%s%d",
                                          "{a,b}",
                                          "-n",
                                          "--",
                                          "tab\there",
                                          "two\nlines",
                                          "trailing\n",
                                          ";&|<>",
                                          "\001\033[1m",
                                          "gr\xc3\xbc\xc3\x9f",
                                          "a=b",
                                          "^x^y",
                                          "!!",
                                          "a'b\"c\\'d"};

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += word + '|';
  return text;
}

SpawnRequest print(const std::vector<std::string>& words) {
  SpawnRequest request{.argv = {"printf", "%s|"}};
  request.argv.insert(request.argv.end(), words.begin(), words.end());
  return request;
}

TEST_F(SshHostTest, DescribesTheMachine) {
  const auto box = host("box");
  const auto said = box->describe({});
  EXPECT_EQ(said.os, "linux");
  EXPECT_FALSE(said.local);
  EXPECT_EQ(said.user, "box");
  EXPECT_EQ(said.home, "/home/box");
  EXPECT_EQ(std::to_string(said.uid) + ' ' + std::to_string(said.gid) + '\n',
            shell(*box, "echo $(id -u) $(id -g)").out);
  EXPECT_GE(said.cpus, 1);
  EXPECT_GT(said.memory_bytes, 1U << 20U);
  EXPECT_GT(said.storage_bytes, 0U);
  EXPECT_TRUE(said.arch == "amd64" || said.arch == "arm64") << said.arch;
}

TEST_F(SshHostTest, PassesArgumentsExactlyWhateverTheLoginShell) {
  for (const char* name : {"box", "fish", "csh", "noisy", "inner"}) {
    const auto there = host(name);
    const auto result = run_on(*there, print(awkward));
    EXPECT_EQ(result.exit_code, 0) << name << result.err;
    EXPECT_EQ(result.out, joined(awkward)) << name;
  }
}

TEST_F(SshHostTest, PassesMoreThanOneCommandLineHolds) {
  const std::vector<std::string> words(60, std::string(1000, '!'));
  EXPECT_EQ(run_on(*host("csh"), print(words)).out, joined(words));
}

TEST_F(SshHostTest, KeepsStreamsAndExitStatusApart) {
  const auto box = host("box");
  const auto result = shell(*box, "echo out; echo err >&2; exit 3");
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.out, "out\n");
  EXPECT_EQ(result.err, "err\n");
  EXPECT_EQ(shell(*box, "exit 255").exit_code, 255);
  EXPECT_EQ(shell(*box, "exit 127").exit_code, 127);
  EXPECT_EQ(shell(*box, "kill -TERM $$").exit_code, 143);
  EXPECT_EQ(shell(*box, "kill -KILL $$").exit_code, 137);
}

TEST_F(SshHostTest, MovesManyBytesBothWaysToTheirEnd) {
  for (const char* name : {"box", "noisy"}) {
    const std::string bytes(3'000'000, 'x');
    const auto result = run_on(*host(name), {.argv = {"cat"}}, bytes);
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_TRUE(result.out == bytes) << result.out.size();
  }
}

TEST_F(SshHostTest, SetsFolderAndVariablesWhichNoCommandLineShows) {
  const auto box = host("box");
  const auto result =
      run_on(*box, {.argv = {"sh", "-c", "pwd; echo \"$SECRET\"; cat /proc/[0-9]*/cmdline"},
                    .env = {{"SECRET", "hidden\nvalue"}},
                    .working_directory = "/usr/share"});
  EXPECT_TRUE(result.out.starts_with("/usr/share\nhidden\nvalue\n")) << result.out;
  EXPECT_EQ(result.out.find("hidden", 22), std::string::npos) << result.out;
  EXPECT_EQ(
      run_on(*box, {.argv = {"env"}, .env = {{"PATH", "/usr/bin:/bin"}}, .clean_env = true}).out,
      "PATH=/usr/bin:/bin\n");
  EXPECT_EQ(shell(*box, "ls -A /tmp/.fairlead-$(id -u) | grep sh$").out, "");
}

TEST_F(SshHostTest, SaysWhatIsNotThere) {
  const auto box = host("box");
  const auto code = [&](SpawnRequest request) {
    try {
      run_on(*box, std::move(request));
    } catch (const Error& error) {
      return error.code();
    }
    return std::string("none");
  };
  EXPECT_EQ(code({.argv = {"no-such-command"}}), "host.command_not_found");
  EXPECT_EQ(code({.argv = {"true"}, .working_directory = "/no/such"}), "host.folder_not_found");
  EXPECT_EQ(code({}), "host.spawn");
}

// On a thread of its own: the event comes on the one that the command runs on.
std::jthread steer(std::shared_ptr<Host> host, SpawnControlRequest request) {
  return std::jthread([host = std::move(host), request = std::move(request)] {
    try {
      host->spawn_control(request, {});
    } catch (const Error& error) {
      ADD_FAILURE() << error.text();
    }
  });
}

TEST_F(SshHostTest, SignalsARunningCommand) {
  const auto box = host("box");
  std::jthread control;
  CallOptions options;
  options.on_event = [&](const Event& event) {
    if (event.started) control = steer(box, {.process = *event.started, .signal = "TERM"});
  };
  const auto result = run_on(*box, {.argv = {"sleep", "600"}}, {}, std::move(options));
  EXPECT_EQ(result.exit_code, 143);
  EXPECT_THROW(box->spawn_control({.process = "1-1", .signal = "TERM"}, {}), Error);
}

TEST_F(SshHostTest, EndsACancelledCommandOnTheHost) {
  const auto box = host("box");
  for (const std::string script : {"sleep 4001", "trap '' TERM; sleep 4001; sleep 4001"}) {
    std::stop_source stop;
    CallOptions options{.stop = stop.get_token()};
    options.on_event = [&](const Event& event) {
      if (event.started) stop.request_stop();
    };
    try {
      run_on(*box, {.argv = {"sh", "-c", script}}, {}, std::move(options));
      ADD_FAILURE() << "not cancelled";
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), Status::cancelled);
    }
    EXPECT_TRUE(wait_until(std::chrono::seconds(20), [&] {
      return shell(*box, "ps -eo args | grep '[s]leep 4001'").out.empty();
    }));
  }
}

TEST_F(SshHostTest, GivesATerminalOfTheRightSizeThatFollows) {
  const auto box = host("box");
  SpawnRequest request{.argv = {"sh", "-c",
                                "test -t 0 && test -t 2 && echo $TERM $(stty size); "
                                "until stty size | grep '50 132'; do sleep 0.1; done"},
                       .terminal = Terminal{{31, 101}, "vt220"}};
  std::jthread control;
  CallOptions options;
  options.on_event = [&](const Event& event) {
    if (event.started) {
      control = steer(box, {.process = *event.started, .resize = TerminalSize{50, 132}});
    }
  };
  options.timeout = std::chrono::seconds(30);
  const auto result = run_on(*box, request, {}, std::move(options));
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_NE(result.out.find("vt220"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("50 132"), std::string::npos) << result.out;
}

TEST_F(SshHostTest, TypesOnATerminal) {
  const auto result = run_on(
      *host("box"),
      {.argv = {"sh", "-c", "read -r line; echo got $line; read -r x"}, .terminal = Terminal{}},
      "hello\n\004");
  EXPECT_NE(result.out.find("got hello"), std::string::npos) << result.out;
}

TEST_F(SshHostTest, DialsWhatTheHostReaches) {
  const auto box = host("box");
  const auto stream = box->dial({.host = "127.0.0.1", .port = 2222}, {});
  std::array<char, 8> greeting{};
  EXPECT_EQ(::recv(stream.get(), greeting.data(), 7, MSG_WAITALL), 7);
  EXPECT_EQ(std::string(greeting.data()), "SSH-2.0");

  // A server that answers each caller once it has said all: half-close arrives.
  std::stop_source stop;
  std::atomic<bool> listening = false;
  std::thread server([&] {
    CallOptions options{.stop = stop.get_token()};
    const std::string program =
        "import "
        "os,socket\ns=socket.socket(socket.AF_UNIX)\ns.bind('/tmp/answer.sock')\ns.listen()\n"
        "open('/tmp/answer.ready','w')\n"
        "while True:\n c,_=s.accept()\n t=b''\n while True:\n  b=c.recv(99)\n  if not b: break\n  "
        "t+=b\n"
        " c.sendall(t.upper())\n c.close()\n";
    try {
      run_on(*box, {.argv = {"python3", "-c", program}}, {}, std::move(options));
    } catch (const Error&) {
      listening = false;
    }
  });
  EXPECT_TRUE(wait_until(milliseconds(30'000),
                         [&] { return shell(*box, "test -e /tmp/answer.ready").exit_code == 0; }));
  for (int i = 0; i < 3; ++i) {
    const auto socket = box->dial({.socket = "/tmp/answer.sock"}, {});
    EXPECT_EQ(::send(socket.get(), "ping", 4, 0), 4);
    ::shutdown(socket.get(), SHUT_WR);
    std::array<char, 8> reply{};
    EXPECT_EQ(::recv(socket.get(), reply.data(), 7, MSG_WAITALL), 4);
    EXPECT_EQ(std::string(reply.data()), "PING");
  }
  stop.request_stop();
  server.join();
  shell(*box, "rm -f /tmp/answer.sock /tmp/answer.ready");
}

TEST_F(SshHostTest, SaysWhyASocketCannotBeDialled) {
  const auto plain = host("plain");
  const auto code = [&](const std::string& socket) {
    try {
      plain->dial({.socket = socket}, {});
    } catch (const Error& error) {
      return error.code();
    }
    return std::string("none");
  };
  EXPECT_EQ(code("/tmp/no.sock"), "host.no_socket");
  EXPECT_EQ(code("/root/some.sock"), "host.permission");
}

TEST_F(SshHostTest, SharesOneConnectionWhoeverAsks) {
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {  // each with a plugin instance of its own, as another process has
      if (shell(*host("box"), "echo yes").out == "yes\n") ++right;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 8);
  EXPECT_EQ(masters().size(), 1U);
  EXPECT_TRUE(has_one_connection(*host("box")));
}

TEST_F(SshHostTest, ExplainsWhyThereIsNoConnection) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"nosuch.invalid", "host.name"}, {"refused", "host.refused"}, {"changed", "host.key_changed"},
      {"unknown", "host.key_unknown"}, {"stranger", "host.denied"}, {"nologin", "host.shell"},
      {"nowhere", "host.unreachable"}};
  for (const auto& [name, code] : cases) {
    const auto error = refusal(name, R"({"connect_timeout": 2})");
    EXPECT_EQ(error.code(), code) << error.text();
    EXPECT_FALSE(error.hint().empty()) << name;
    EXPECT_NE(error.message().find(name), std::string::npos) << error.text();
  }
  // OpenSSH's own words about a changed key.
  EXPECT_NE(refusal("changed").message().find("IDENTIFICATION HAS CHANGED"), std::string::npos);
}

TEST_F(SshHostTest, WorksWhereTheHomeIsFull) {
  const auto tight = host("tight");
  EXPECT_EQ(shell(*tight, "echo fine").out, "fine\n");
  EXPECT_EQ(run_on(*tight, {.argv = {"printenv", "A"}, .env = {{"A", "b"}}}).out, "b\n");
}

TEST_F(SshHostTest, CallsALostLinkByItsName) {
  const auto box = host("box", R"({"keep_alive": 1, "keep_alive_count": 2, "connect_timeout": 5})");
  CallOptions options;
  options.on_event = [&](const Event& event) {
    if (event.started) set_link(false);
  };
  try {
    run_on(*box, {.argv = {"sleep", "4002"}}, {}, std::move(options));
    ADD_FAILURE() << "the command came to an end";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "host.lost") << error.text();
  }
  set_link(true);
  // The next command works at once, and what the lost one left is ended by the new connection.
  EXPECT_EQ(shell(*box, "echo back").out, "back\n");
  EXPECT_TRUE(wait_until(milliseconds(20'000), [&] {
    return shell(*box, "ps -eo args | grep '[s]leep 4002'").out.empty();
  }));
}

TEST_F(SshHostTest, ConnectsAnewAfterItsProcessWasKilled) {
  const auto box = host("box");
  CallOptions options;
  options.on_event = [&](const Event& event) {
    if (!event.started) return;
    for (const auto& process : masters()) ::kill(std::stoi(process), SIGKILL);
  };
  try {
    run_on(*box, {.argv = {"sleep", "4003"}}, {}, std::move(options));
    ADD_FAILURE() << "the command came to an end";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "host.lost") << error.text();
  }
  EXPECT_EQ(shell(*box, "echo back").out, "back\n");
  EXPECT_EQ(box->describe({}).user, "box");
  const auto stream = box->dial({.host = "127.0.0.1", .port = 2222}, {});
  EXPECT_TRUE(stream);
}

}  // namespace
}  // namespace fairlead::test
