#include "ssh-remote/address.hpp"
#include "ssh-remote/failure.hpp"
#include "ssh-remote/settings.hpp"

#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

namespace fairlead::ssh {
namespace {

std::string code_of(const std::string& text) {
  try {
    parse_address(text);
  } catch (const Error& error) {
    return error.code();
  }
  return "none";
}

TEST(SshAddress, IsReadWithItsUserAndPort) {
  const std::vector<std::tuple<std::string, std::string, std::string, std::string>> cases = {
      {"ssh://box", "", "box", ""},
      {"ssh://me@box", "me", "box", ""},
      {"ssh://me@box:2222/home/me", "me", "box", "2222"},
      {"ssh://me@corp@box", "me@corp", "box", ""},
      {"ssh://[fe80::1%25eth0]:22", "", "fe80::1%25eth0", "22"},
      {"ssh://10.0.0.1/x", "", "10.0.0.1", ""}};
  for (const auto& [text, user, host, port] : cases) {
    const auto address = parse_address(text);
    EXPECT_EQ(address.user, user) << text;
    EXPECT_EQ(address.host, host) << text;
    EXPECT_EQ(address.port, port) << text;
  }
  EXPECT_EQ(parse_address("ssh://me@[::1]:22/a").text(), "ssh://me@[::1]:22");
}

TEST(SshAddress, ThatAnOptionOrAShellCouldBeReadIntoIsRefused) {
  for (const char* text :
       {"ssh://-oProxyCommand=x", "ssh://-l@box", "ssh://a@-x", "ssh://", "ssh://me@", "box",
        "http://box", "ssh://me:secret@box", "ssh://box:0", "ssh://box:65536", "ssh://box:22a",
        "ssh://box:", "ssh://[::1", "ssh://[::1]x", "ssh://a b", "ssh://a;b", "ssh://$(id)",
        "ssh://a\nb", "ssh://`x`@box"}) {
    EXPECT_EQ(code_of(text), "host.address") << text;
  }
}

TEST(SshSettings, AreReadAndJudged) {
  const auto settings = settings_from(R"({"ssh_path": "/x/ssh", "keep_alive": 0, "idle": 5})");
  EXPECT_EQ(settings.ssh_path, "/x/ssh");
  EXPECT_EQ(settings.keep_alive, 0);
  EXPECT_EQ(settings.idle, 5);
  EXPECT_EQ(settings.connect_timeout, 15);
  for (const char* bad : {"[]", "no", R"({"idle": 0})", R"({"idle": "1"})", R"({"ssh_path": 1})",
                          R"({"keep_alive_count": 0})", R"({"connect_timeout": 99999999})"}) {
    EXPECT_THROW(settings_from(bad), Error) << bad;
  }
}

TEST(SshFailure, KeepsOpenSshsWordsAndAddsWhatToDo) {
  const auto address = parse_address("ssh://me@box");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"ssh: Could not resolve hostname box: Name or service not known\r\n", "host.name"},
      {"ssh: connect to host box port 22: Connection refused\r\n", "host.refused"},
      {"ssh: connect to host box port 22: Connection timed out\r\n", "host.unreachable"},
      {"@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\r\nHost key verification failed.\r\n",
       "host.key_changed"},
      {"Host key verification failed.\r\n", "host.key_unknown"},
      {"me@box: Permission denied (publickey).\r\n", "host.denied"},
      {"kex_exchange_identification: Connection closed by remote host\r\n", "host.closed"}};
  for (const auto& [words, code] : cases) {
    const auto error = connection_failure(address, words, false);
    EXPECT_EQ(error.code(), code) << words;
    EXPECT_NE(error.message().find(words.substr(0, words.find('\r'))), std::string::npos) << words;
    EXPECT_EQ(error.message().find('\r'), std::string::npos);
    EXPECT_FALSE(error.hint().empty()) << words;
  }
}

TEST(SshFailure, SaysWhenAPasswordCouldNotBeAskedFor) {
  const auto address = parse_address("ssh://box");
  const std::string words = "box: Permission denied (publickey,password).\r\n";
  EXPECT_NE(connection_failure(address, words, false).message().find("no terminal"),
            std::string::npos);
  EXPECT_EQ(connection_failure(address, words, true).message().find("no terminal"),
            std::string::npos);
}

}  // namespace
}  // namespace fairlead::ssh
