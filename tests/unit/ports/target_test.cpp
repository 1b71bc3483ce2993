#include <fairlead/ports.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fairlead {
namespace {

struct Good {
  const char* text;
  const char* target;
  int local_port;  ///< -1: not said
  const char* local_socket;
};

TEST(ParseForward, ReadsWhatUsersWrite) {  // PORT-003, PORT-005
  const std::vector<Good> all = {
      {"8080", "8080", -1, ""},
      {"8080:9090", "8080", 9090, ""},
      {"8080:0", "8080", 0, ""},
      {"db:5432", "db:5432", -1, ""},
      {"db:5432:15432", "db:5432", 15432, ""},
      {"localhost:80", "80", -1, ""},
      {"127.0.0.1:80", "127.0.0.1:80", -1, ""},
      {"[::1]:80:81", "[::1]:80", 81, ""},
      {"/run/app.sock", "/run/app.sock", 0, ""},
      {"/run/app.sock:9000", "/run/app.sock", 9000, ""},
      {"/run/app.sock:/tmp/a.sock", "/run/app.sock", 0, "/tmp/a.sock"},
      {"8080:./a.sock", "8080", -1, "./a.sock"},
  };
  for (const auto& test : all) {
    const auto wish = parse_forward(test.text);
    EXPECT_EQ(to_text(wish.target), test.target) << test.text;
    EXPECT_EQ(wish.local_port.value_or(-1), test.local_port) << test.text;
    EXPECT_EQ(wish.local_socket, test.local_socket) << test.text;
  }
}

TEST(ParseForward, RefusesEverythingElse) {
  for (const char* text : {"", "0", "65536", "abc", ":80", "db:", "db:x", "80:70000", "80:x",
                           "[::1", "[::1]", "[::1]:", "-1", "80:90:100:110", "/a:b"}) {
    try {
      parse_forward(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "ports.target") << text;
    }
  }
}

}  // namespace
}  // namespace fairlead
