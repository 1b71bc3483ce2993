#include <fairlead/error.hpp>
#include <fairlead/model/resolve.hpp>
#include <fairlead/model_json.hpp>

#include <gtest/gtest.h>

#include <string>

namespace fairlead {
namespace {

std::string wire_problem(const std::string& text) {
  try {
    decode<CreateRequest>(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), Status::invalid);
    return error.code();
  }
  return "";
}

TEST(Wire, LeavesAbsentWhatIsAbsent) {
  Event event;
  event.started = "a1";
  EXPECT_EQ(encode(event), R"({"started":"a1"})");
  EXPECT_EQ(encode(Empty{}), "{}");
  EXPECT_EQ(encode(WatchRequest{}), R"({"labels":[]})");
}

TEST(Wire, NamesDescriptorsByIndex) {
  PullImageRequest request;
  request.image = "a";
  EXPECT_EQ(encode(request), R"({"image":"a","platform":""})");
  request.credentials = {2};
  EXPECT_EQ(encode(request), R"({"credentials":{"fd":2},"image":"a","platform":""})");
  EXPECT_EQ(decode<PullImageRequest>(encode(request)).credentials.fd, 2);
  EXPECT_FALSE(decode<PullImageRequest>("{}").credentials);
}

TEST(Wire, TellsNoEntrypointFromAnEmptyOne) {
  CreateRequest request;
  EXPECT_FALSE(decode<CreateRequest>(encode(request)).entrypoint);
  request.entrypoint.emplace();
  EXPECT_TRUE(decode<CreateRequest>(encode(request)).entrypoint);
  request.entrypoint = {{"/bin/sh", "-c"}};
  EXPECT_EQ(decode<CreateRequest>(encode(request)).entrypoint->size(), 2U);
}

TEST(Wire, CarriesNestedStructsAndWords) {
  CreateRequest request;
  request.mounts = {{MountType::tmpfs, "", "/run", true, "", {{"size", "1m"}}}};
  request.env = {{"A", "1"}};
  const auto copy = decode<CreateRequest>(encode(request));
  ASSERT_EQ(copy.mounts.size(), 1U);
  EXPECT_EQ(copy.mounts[0].type, MountType::tmpfs);
  EXPECT_EQ(copy.mounts[0].options.at("size"), "1m");
  EXPECT_TRUE(copy.mounts[0].read_only);
  EXPECT_EQ(copy.env.at("A"), "1");
  EXPECT_NE(encode(request).find(R"("type":"tmpfs")"), std::string::npos);
}

TEST(Wire, IgnoresWhatItDoesNotKnowAndTakesNullForAbsent) {
  const auto reply = decode<ProbeReply>(
      R"({"engine":"x","of_tomorrow":{"a":1},"version":null,"capabilities":{"exec_tty":true}})");
  EXPECT_EQ(reply.engine, "x");
  EXPECT_EQ(reply.version, "");
  EXPECT_TRUE(reply.capabilities.exec_tty);
  EXPECT_EQ(decode<StopRequest>("{}").timeout_seconds, 10);
}

/// A plugin of an older minor version says nothing of images.
TEST(Wire, CarriesTheImagesOfAGroup) {
  EXPECT_TRUE(decode<ResolveGroupReply>(R"({"project":"p","services":["a"]})").images.empty());
  ResolveGroupReply reply;
  reply.images = {{.service = "db", .image = "i:1", .platform = "linux/arm64", .pull = "always"}};
  reply.images.push_back({.service = "app", .pull = "missing", .dockerfile = "FROM x\n"});
  reply.images.back().args = {{"A", "1"}};
  const auto again = decode<ResolveGroupReply>(encode(reply)).images;
  ASSERT_EQ(again.size(), 2U);
  EXPECT_EQ(again[0].image + again[0].platform + again[0].pull, "i:1linux/arm64always");
  EXPECT_EQ(again[1].dockerfile, "FROM x\n");
  EXPECT_EQ(again[1].args.at("A"), "1");
}

TEST(Wire, TakesAStateOfTomorrowAsUnknownButNoMountOfTomorrow) {
  EXPECT_EQ(decode<InstanceInfo>(R"({"state":"hibernating"})").state, InstanceState::unknown);
  EXPECT_EQ(wire_problem(R"({"mounts":[{"type":"cloud","target":"/a"}]})"), "wire.malformed");
}

TEST(Wire, RefusesWhatIsMalformed) {
  for (const auto* text : {"", "nonsense", "[]", "null", "{\"image\":1}", "{\"mounts\":{}}",
                           "{\"image\":\"a\"", "{\"env\":{\"A\":1}}"}) {
    EXPECT_EQ(wire_problem(text), "wire.malformed") << text;
  }
}

TEST(Wire, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(encode(StartRequest{"a\xff"}), "{\"id\":\"a\xEF\xBF\xBD\"}");
}

TEST(Wire, CarriesEveryEvent) {
  Event event;
  event.progress = Progress{"layer", "pulling", 5'000'000'000, 6'000'000'000};
  event.output = "line\n";
  event.warning = "w";
  event.instance = InstanceEvent{"id", "die", {{"k", "v"}}};
  const auto copy = decode<Event>(encode(event));
  EXPECT_EQ(copy.progress->current, 5'000'000'000);
  EXPECT_EQ(*copy.output, "line\n");
  EXPECT_EQ(*copy.warning, "w");
  EXPECT_EQ(copy.instance->labels.at("k"), "v");
  EXPECT_FALSE(copy.started);
}

}  // namespace
}  // namespace fairlead
