#include "message.hpp"

#include "base64.hpp"

#include <fairlead/engine.hpp>

#include <gtest/gtest.h>

namespace fairlead::rpc {
namespace {

TEST(RpcMessage, ReadsRequestsNotificationsAndReplies) {
  const auto request = std::get<Request>(
      read_message(R"({"jsonrpc":"2.0","id":7,"method":"up","params":{"a":[1]}})"));
  EXPECT_EQ(request.id, "7");
  EXPECT_EQ(request.method, "up");
  EXPECT_EQ(request.params, R"({"a":[1]})");
  const auto note = std::get<Request>(read_message(R"({"jsonrpc":"2.0","method":"exit"})"));
  EXPECT_EQ(note.id, "");
  EXPECT_EQ(note.params, "{}");
  const auto reply =
      std::get<Reply>(read_message(R"({"jsonrpc":"2.0","id":"q","result":{"allow":true}})"));
  EXPECT_EQ(reply.id, "\"q\"");
  EXPECT_TRUE(flag_member(reply.result, "allow"));
  const auto failed =
      std::get<Reply>(read_message(R"({"jsonrpc":"2.0","id":"q","error":{"code":1}})"));
  EXPECT_EQ(failed.result, "");
}

TEST(RpcMessage, SaysWhatIsNoMessage) {
  const auto code_of = [](std::string_view text) {
    return std::get<Fault>(read_message(text)).code;
  };
  EXPECT_EQ(code_of("{"), ErrorCode::parse);
  EXPECT_EQ(code_of("\xff"), ErrorCode::parse);
  EXPECT_EQ(code_of(std::string(100'000, '[')), ErrorCode::parse);
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  EXPECT_EQ(code_of(R"({"jsonrpc":"2.0","id":1,"method":"up","params":{"a":)" + deep + "}}"),
            ErrorCode::parse);
  EXPECT_EQ(code_of("[]"), ErrorCode::invalid_request);
  EXPECT_EQ(code_of("7"), ErrorCode::invalid_request);
  EXPECT_EQ(code_of(R"({"id":1,"method":"up"})"), ErrorCode::invalid_request);
  EXPECT_EQ(code_of(R"({"jsonrpc":"2.0","id":{},"method":"up"})"), ErrorCode::invalid_request);
  EXPECT_EQ(code_of(R"({"jsonrpc":"2.0","id":1,"method":7})"), ErrorCode::invalid_request);
  EXPECT_EQ(code_of(R"({"jsonrpc":"2.0"})"), ErrorCode::invalid_request);
  EXPECT_EQ(code_of(R"({"jsonrpc":"2.0","id":1,"method":"up","params":[1]})"),
            ErrorCode::invalid_params);
}

TEST(RpcMessage, AnswersTheRequestOfAnotherVersion) {
  const auto fault = std::get<Fault>(read_message(R"({"jsonrpc":"1.0","id":"a","method":"list"})"));
  EXPECT_EQ(fault.code, ErrorCode::invalid_request);
  EXPECT_EQ(fault.id, "\"a\"");
  EXPECT_EQ(std::get<Fault>(read_message(R"({"id":null,"method":"list"})")).id, "null");
}

TEST(RpcMessage, CarriesWhatAnErrorKnows) {
  const auto error = Error(Status::invalid, "config.syntax", "expected a comma", "put one")
                         .at({"a.json", 3, 4, "x"})
                         .note("reading");
  EXPECT_EQ(error_text("1", error),
            R"({"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"expected a comma","data":)"
            R"({"code":"config.syntax","status":"invalid","hint":"put one","file":"a.json",)"
            R"("line":3,"column":4,"text":"x","notes":["reading"]}}})");
  const OperationError failure(Error(Status::cancelled, "call.cancelled", "stopped"), "An error.",
                               "abc");
  EXPECT_EQ(error_text("\"x\"", failure),
            R"({"jsonrpc":"2.0","id":"x","error":{"code":-32800,"message":"stopped","data":)"
            R"({"code":"call.cancelled","status":"cancelled","description":"An error.",)"
            R"("containerId":"abc"}}})");
}

TEST(RpcMessage, PassesBytesAsBase64) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  for (std::size_t size = 0; size <= all.size(); ++size) {
    const auto bytes = all.substr(0, size);
    EXPECT_EQ(bytes_of(base64(bytes)), bytes);
  }
  EXPECT_EQ(base64("fair"), "ZmFpcg==");
  EXPECT_EQ(bytes_of("a"), std::nullopt);
  EXPECT_EQ(bytes_of("a?=="), std::nullopt);
}

}  // namespace
}  // namespace fairlead::rpc
