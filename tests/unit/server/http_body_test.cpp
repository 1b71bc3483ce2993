#include <gtest/gtest.h>
#include <server/http_body.hpp>

#include <string>

namespace fairlead::server {
namespace {

using End = BodyKind::End;

/// How many bytes of `text` are the body's, given at once and byte by byte.
std::size_t length_of(BodyKind kind, const std::string& text) {
  BodyEnd whole(kind);
  const auto size = whole.take(text);
  BodyEnd in_bytes(kind);
  std::size_t sum = 0;
  for (const char c : text) sum += in_bytes.take({&c, 1});
  EXPECT_EQ(size, sum) << text;
  EXPECT_EQ(whole.reached(), in_bytes.reached()) << text;
  return whole.reached() ? size : std::string::npos;
}

TEST(HttpBodyTest, FindsTheEnd) {
  EXPECT_EQ(length_of({End::at_once}, "more"), 0U);
  EXPECT_EQ(length_of({End::after_bytes, 0}, "more"), 0U);
  EXPECT_EQ(length_of({End::after_bytes, 3}, "abcmore"), 3U);
  EXPECT_EQ(length_of({End::after_bytes, 9}, "abcmore"), std::string::npos);
  EXPECT_EQ(length_of({End::with_connection}, "abcmore"), std::string::npos);
  EXPECT_EQ(length_of({End::by_chunks}, "0\r\n\r\nmore"), 5U);
  EXPECT_EQ(length_of({End::by_chunks}, "0\n\nmore"), 3U);
  EXPECT_EQ(length_of({End::by_chunks}, "3\r\nabc\r\n0\r\n\r\nmore"), 13U);
  EXPECT_EQ(length_of({End::by_chunks}, "A;a=b\r\n0123456789\r\n00\r\nX: y\r\n\r\nmore"), 31U);
  EXPECT_EQ(length_of({End::by_chunks}, "3\r\nabc\r\n"), std::string::npos);
}

TEST(HttpBodyTest, KnowsWhatAreNoChunks) {
  for (const char* text : {"x\r\n", "\r\n", "-1\r\n", "3\r\nabcd\r\n", "fffffffffffffffff\r\n"}) {
    BodyEnd end({End::by_chunks});
    end.take(text);
    EXPECT_TRUE(end.faulty()) << text;
    EXPECT_FALSE(end.reached()) << text;
  }
}

}  // namespace
}  // namespace fairlead::server
