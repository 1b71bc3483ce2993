// Git repositories in place of folders: which words are one, and what they say.

#include "spec/git_place.hpp"

#include <fairlead/error.hpp>
#include <fairlead/git_address.hpp>

#include <gtest/gtest.h>

namespace fairlead {
namespace {

struct Case {
  const char* text;
  const char* url;
  const char* ref;
  const char* name;
};

TEST(GitPlace, ReadsAddressesAndWhatIsBehindThem) {
  for (const auto& [text, url, ref, name] : std::vector<Case>{
           {"https://host/o/name.git", "https://host/o/name.git", "", "name"},
           {"https://host/o/name", "https://host/o/name", "", "name"},
           {"https://host/o/name/", "https://host/o/name", "", "name"},
           {"https://host/o/name.git@v1.2", "https://host/o/name.git", "v1.2", "name"},
           {"https://host/o/name@feature/one", "https://host/o/name", "feature/one", "name"},
           {"https://host/@team/name", "https://host/@team/name", "", "name"},
           {"https://host:8443/@team/name@main", "https://host:8443/@team/name", "main", "name"},
           {"git@host:o/name.git", "git@host:o/name.git", "", "name"},
           {"git@host:o/name.git@a1b2c3d", "git@host:o/name.git", "a1b2c3d", "name"},
           {"ssh://git@host:22/o/name.git@x", "ssh://git@host:22/o/name.git", "x", "name"},
           {"git+ssh://git@host/o/name", "ssh://git@host/o/name", "", "name"},
           {"file:///srv/My Repo.git/", nullptr, "", ""},
           {"file:///srv/my+repo.git", "file:///srv/my+repo.git", "", "my-repo"},
       }) {
    if (url == nullptr) {
      EXPECT_THROW(parse_git_place(text), Error) << text;
      continue;
    }
    const auto place = parse_git_place(text);
    ASSERT_TRUE(place) << text;
    EXPECT_EQ(place->url, url) << text;
    EXPECT_EQ(place->ref, ref) << text;
    EXPECT_EQ(place->name, name) << text;
  }
}

TEST(GitPlace, LeavesFoldersAndHostsAlone) {
  for (const char* text : {"", "/home/me/project", "project", "./a@b:c", "C:\\project", "a/b@c:d",
                           "ssh://me@box/srv/project", "vagrant://box/srv/x.git"}) {
    EXPECT_FALSE(parse_git_place(text)) << text;
  }
}

TEST(GitPlace, TakesCredentialsOutOfTheAddress) {
  const auto place = parse_git_place("https://me:p%40ss@host/o/name.git@main");
  ASSERT_TRUE(place);
  EXPECT_EQ(place->text(), "https://host/o/name.git@main");
  EXPECT_EQ(place->user, "me");
  EXPECT_EQ(place->password, "p@ss");
  EXPECT_EQ(without_credentials("https://me:p%40ss@host/o/name.git@main"),
            "https://host/o/name.git@main");
  EXPECT_EQ(without_credentials("/home/me@work:x/project"), "/home/me@work:x/project");
}

TEST(GitPlace, RefusesWhatCouldBeAnOption) {
  for (const char* text :
       {"https://-host/name", "https://host/name.git@--upload-pack=x", "https://host/..",
        "https://host/", "https://", "https://host/name.git@", "https://host/name.git@a..b",
        "ssh://me:pw@host/name.git", "git+ssh://me:pw@host/name", "git+folder", "git+ext::sh",
        "git+vagrant://box/x.git", "https://host/na\nme"}) {
    try {
      parse_git_place(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "git.address") << text;
    }
  }
}

TEST(GitPlace, RefusesWithoutRepeatingCredentials) {
  for (const char* text :
       {"https://me:pw@/name", "https://me:pw@host/", "https://me:p w@host/na me",
        "https://me:pw@host/name.git@", "https://pw@host/..", "ssh://me:pw@host/name.git",
        "git+vagrant://me:pw@box/x.git", "git+me:pw@host/x", "git+https:me:pw@host/x"}) {
    try {
      parse_git_place(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.message().find("pw@"), std::string::npos) << error.message();
      EXPECT_EQ(error.message().find("p w@"), std::string::npos) << error.message();
    }
  }
}

}  // namespace
}  // namespace fairlead
