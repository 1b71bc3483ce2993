#include "base/sha256.hpp"

#include <gtest/gtest.h>

#include <string>

namespace fairlead {
namespace {

TEST(Sha256, GivesThePublishedDigests) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_hex(std::string(1000000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, IsTheSameInPiecesOfAnySize) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += static_cast<char>('a' + i % 26);
  for (std::size_t length = 50; length < 140; ++length) {
    for (const std::size_t piece : {1U, 7U, 63U, 64U}) {
      Sha256 hash;
      for (std::size_t at = 0; at < length; at += piece) {
        hash.update(std::string_view(text).substr(at, std::min(piece, length - at)));
      }
      EXPECT_EQ(hash.finish(), sha256(std::string_view(text).substr(0, length))) << length;
    }
  }
}

// VAR-012
TEST(Sha256, IsANumberInBase32) {
  Sha256Digest digest{};
  EXPECT_EQ(to_base32(digest), std::string(52, '0'));
  digest.back() = 31;
  EXPECT_EQ(to_base32(digest), std::string(51, '0') + 'v');
  digest.back() = 32;
  EXPECT_EQ(to_base32(digest), std::string(50, '0') + "10");
  digest.fill(0xFF);
  EXPECT_EQ(to_base32(digest), '1' + std::string(51, 'v'));
}

}  // namespace
}  // namespace fairlead
