#include "framing.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>

namespace fairlead::rpc {
namespace {

TEST(Framing, CutsAStreamInAnyPieces) {
  const std::string stream = frame("{\"a\":1}") + frame("") + frame("\r\n\r\n");
  for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
    FrameReader reader;
    std::vector<std::string> bodies;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      reader.append(std::string_view(stream).substr(at, piece));
      while (auto body = reader.next()) bodies.push_back(*body);
    }
    EXPECT_EQ(bodies, (std::vector<std::string>{"{\"a\":1}", "", "\r\n\r\n"})) << piece;
  }
}

TEST(Framing, TakesOtherFieldsAndAnyCase) {
  FrameReader reader;
  reader.append(
      "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length:2\r\n\r\n{}");
  EXPECT_EQ(reader.next(), "{}");
  EXPECT_EQ(reader.next(), std::nullopt);
}

std::string refusal(const std::string& stream) {
  FrameReader reader;
  reader.append(stream);
  try {
    return reader.next().value_or("waits");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "rpc.frame");
    return error.message();
  }
}

TEST(Framing, RefusesWhatIsNoFrame) {
  EXPECT_EQ(refusal("Content-Length: x\r\n\r\n"),
            "What arrived is no message: the length is no number.");
  EXPECT_EQ(refusal("Content-Length: -1\r\n\r\n"),
            "What arrived is no message: the length is no number.");
  EXPECT_EQ(refusal("Content-Length: 99999999999999999999999\r\n\r\n"),
            "What arrived is no message: the length is no number.");
  EXPECT_EQ(refusal("Content-Length: 16777217\r\n\r\n"),
            "What arrived is no message: it is larger than 16 MiB.");
  EXPECT_EQ(refusal("Content-Type: x\r\n\r\n"),
            "What arrived is no message: its header has no Content-Length.");
  EXPECT_EQ(refusal("{\"jsonrpc\":\"2.0\"}\r\n\r\n"),
            "What arrived is no message: its header has no Content-Length.");
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\n\r\n"),
            "What arrived is no message: a header line has no colon.");
  EXPECT_EQ(refusal("nonsense\r\n\r\n"), "What arrived is no message: a header line has no colon.");
  EXPECT_EQ(refusal(std::string(5000, 'a')),
            "What arrived is no message: its header does not end.");
}

TEST(Framing, WaitsForTheRest) {
  EXPECT_EQ(refusal("Content-Length: 2\r\n\r\n{"), "waits");
  EXPECT_EQ(refusal(""), "waits");
}

}  // namespace
}  // namespace fairlead::rpc
