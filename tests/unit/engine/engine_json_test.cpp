// Pure functions between the Engine API's JSON and our model.

#include "ignore_file.hpp"

#include <fairlead/engine/build.hpp>
#include <fairlead/engine/client.hpp>
#include <fairlead/engine/endpoint.hpp>
#include <fairlead/engine/errors.hpp>
#include <fairlead/engine/frames.hpp>
#include <fairlead/engine/images.hpp>
#include <fairlead/engine/instances.hpp>
#include <fairlead/engine/objects.hpp>
#include <fairlead/engine/processes.hpp>

#include <gtest/gtest.h>

namespace fairlead::engine {
namespace {

TEST(EngineErrors, KnowsTheEnginesWords) {
  struct Row {
    unsigned status;
    const char* body;
    SubjectKind kind;
    Status expected;
    const char* code;
  };
  const std::vector<Row> rows{
      {404, R"({"message":"No such image: x:latest"})", SubjectKind::image, Status::not_found,
       "image.not_found"},
      {404, R"({"message":"no such thing"})", SubjectKind::image, Status::not_found,
       "image.not_found"},
      {404, R"({"message":"No such container: x"})", SubjectKind::instance, Status::not_found,
       "instance.not_found"},
      {409, R"({"message":"Conflict. The container name \"/a\" is already in use by container b"})",
       SubjectKind::image, Status::conflict, "instance.name_taken"},
      {409, R"({"message":"Container x is not running"})", SubjectKind::instance, Status::conflict,
       "instance.not_running"},
      {409, R"({"message":"removal of container x is already in progress"})", SubjectKind::instance,
       Status::conflict, "instance.removing"},
      {409, R"({"message":"container is marked for removal and cannot be started"})",
       SubjectKind::instance, Status::conflict, "instance.removing"},
      {500, R"({"message":"Bind for 0.0.0.0:80 failed: port is already allocated"})",
       SubjectKind::instance, Status::failed, "instance.port_in_use"},
      {500, R"({"message":"listen tcp4 0.0.0.0:80: bind: address already in use"})",
       SubjectKind::instance, Status::failed, "instance.port_in_use"},
      {500, R"({"message":"manifest for x:1 not found: manifest unknown"})", SubjectKind::pull,
       Status::not_found, "image.pull"},
      {400, R"({"message":"dockerfile parse error"})", SubjectKind::build, Status::failed,
       "image.build"},
      {400, R"({"message":"client version 1.24 is too old"})", SubjectKind::engine,
       Status::unsupported, "engine.api_version"},
      {403, "denied by a proxy\n", SubjectKind::engine, Status::denied, "engine.denied"},
      {500, "", SubjectKind::engine, Status::failed, "engine.failed"},
  };
  for (const auto& row : rows) {
    const auto error = engine_error(row.status, row.body, {row.kind, "x"});
    EXPECT_EQ(error.status(), row.expected) << row.body;
    EXPECT_EQ(error.code(), row.code) << row.body;
    EXPECT_FALSE(error.message().empty());
  }
}

TEST(EngineErrors, TellsRefusedFromUnreachable) {
  const auto refused =
      unreachable(Error(Status::denied, "host.permission", "no"), "unix:///s", "x");
  EXPECT_EQ(refused.code(), "engine.permission");
  EXPECT_NE(refused.hint().find("docker"), std::string::npos);
  EXPECT_EQ(unreachable(Error(Status::unavailable, "host.connect", "no"), "unix:///s", "x").code(),
            "engine.unreachable");
}

/// Nobody misses an engine where nobody has named one.
TEST(EngineErrors, TellsAbsentFromUnreachable) {
  const Error none(Status::unavailable, "host.no_socket", "no");
  const auto origin = find_endpoint({}, "").origin;
  EXPECT_EQ(unreachable(none, "unix:///s", origin).code(), "engine.absent");
  EXPECT_EQ(unreachable(none, "unix:///s", "DOCKER_HOST").code(), "engine.unreachable");
  const Error refused(Status::unavailable, "host.connect", "no");
  EXPECT_EQ(unreachable(refused, "unix:///s", origin).code(), "engine.unreachable");
  EXPECT_EQ(unreachable(none, "unix:///s", origin).message(),
            unreachable(refused, "unix:///s", origin).message());
}

/// Its containers are on its disk.
TEST(EngineErrors, SaysHowToStartWhatIsInstalled) {
  const Error stopped(Status::unavailable, "host.not_running", "no", "Start it.");
  const auto error = unreachable(stopped, "unix:///s", find_endpoint({}, "").origin);
  EXPECT_EQ(error.code(), "engine.unreachable");
  EXPECT_TRUE(error.hint().starts_with("Start it. ")) << error.hint();
}

TEST(Instances, ReadsAList) {
  const auto list = instances_from_list(R"([
    {"Id":"old","Names":["/other/alias","/name"],"Image":"img","ImageID":"sha256:1","Created":10,
     "State":"exited","Status":"Exited","Labels":{"a":"b"},
     "Ports":[{"PrivatePort":80,"Type":"tcp"},
              {"IP":"0.0.0.0","PrivatePort":90,"PublicPort":9000,"Type":"tcp"}]},
    {"Id":"new","Names":null,"Created":1700000000,"State":"running","Labels":null,"Ports":null}])");
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].id, "new");
  EXPECT_EQ(list[0].created, "2023-11-14T22:13:20Z");
  EXPECT_EQ(list[1].name, "name");
  EXPECT_EQ(list[1].state, InstanceState::stopped);
  ASSERT_EQ(list[1].ports.size(), 1U);
  EXPECT_EQ(list[1].ports[0].host_port, "9000");
  EXPECT_FALSE(list[1].detailed);
}

TEST(Instances, ReadsAnInspect) {
  const auto info = instance_from_inspect(R"({
    "Id":"i","Name":"/n","Image":"sha256:1","Created":"2020","State":{"Status":"running",
    "ExitCode":3,"StartedAt":"2021"},"Config":{"Image":"img","User":"dev","Env":["A=1"],
    "Labels":{"a":"b"}},"Mounts":[{"Type":"volume","Name":"v","Source":"/x","Destination":"/d",
    "RW":false}],"NetworkSettings":{"Ports":{"80/udp":[{"HostIp":"::","HostPort":"8"}],"90/tcp":null}}})");
  EXPECT_EQ(info.name, "n");
  EXPECT_EQ(info.image, "img");
  EXPECT_EQ(info.mounts.at(0).source, "v");
  EXPECT_TRUE(info.mounts.at(0).read_only);
  EXPECT_EQ(info.ports.at(0).protocol, "udp");
  EXPECT_TRUE(info.detailed);
}

TEST(Instances, RefusesWhatIsNoAnswer) {
  EXPECT_THROW(instances_from_list("<html>"), Error);
  EXPECT_THROW(instance_from_inspect("[]"), Error);
}

TEST(Instances, FiltersByLabels) {
  EXPECT_EQ(list_target({{"a=b", "c"}, true}),
            "/containers/json?all=1&filters=%7B%22label%22%3A%5B%22a%3Db%22%2C%22c%22%5D%7D");
  EXPECT_EQ(list_target({{}, false}), "/containers/json");
}

TEST(Images, PullsLatestUnlessTold) {
  EXPECT_EQ(pull_target({"debian", "", {}}), "/images/create?fromImage=debian&tag=latest");
  EXPECT_EQ(pull_target({"h:5000/a", "", {}}), "/images/create?fromImage=h%3A5000%2Fa&tag=latest");
  EXPECT_EQ(pull_target({"a:1", "linux/arm64", {}}),
            "/images/create?fromImage=a%3A1&platform=linux%2Farm64");
  EXPECT_EQ(pull_target({"a@sha256:0", "", {}}), "/images/create?fromImage=a%40sha256%3A0");
}

TEST(Images, EncodesCredentials) {
  EXPECT_EQ(registry_auth(""), "");
  EXPECT_EQ(registry_auth(R"({"username":"u"})"), "eyJ1c2VybmFtZSI6InUifQ==");
  EXPECT_THROW(registry_auth("secret"), Error);
}

TEST(ProgressReader, ReadsPiecesOfAnySize) {
  std::vector<Event> events;
  ProgressReader reader([&](const Event& event) { events.push_back(event); });
  const std::string stream =
      "{\"status\":\"Pulling\",\"id\":\"abc\",\"progressDetail\":{\"current\":5,\"total\":10}}\r\n"
      "{\"status\":\"Pulling\",\"id\":\"abc\",\"progressDetail\":{\"current\":5,\"total\":10}}\r\n"
      "{\"stream\":\"Step 1\\n\"}\r\n{\"aux\":{\"ID\":\"sha256:1\"}}\r\nnoise\n"
      "{\"errorDetail\":{},\"error\":\"it failed\"}\r\n";
  for (const char c : stream) reader.feed({&c, 1});
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].progress->total, 10);
  EXPECT_EQ(*events[1].output, "Step 1\n");
  EXPECT_EQ(reader.image_id(), "sha256:1");
  EXPECT_EQ(reader.error(), "it failed");
}

TEST(FrameReader, TakesStreamsApart) {
  const std::string stream("\1\0\0\0\0\0\0\3abc\2\0\0\0\0\0\0\1!\1\0\0\0\0\0\0\0", 28);
  for (std::size_t size = 1; size <= stream.size(); ++size) {
    std::string out;
    std::string err;
    FrameReader reader;
    for (std::size_t at = 0; at < stream.size(); at += size) {
      reader.feed(std::string_view(stream).substr(at, size),
                  [&](int which, std::string_view part) { (which == 2 ? err : out) += part; });
    }
    EXPECT_EQ(out, "abc");
    EXPECT_EQ(err, "!");
    EXPECT_TRUE(reader.at_boundary());
  }
}

TEST(FrameReader, RefusesWhatIsNotFramed) {
  FrameReader reader;
  EXPECT_THROW(reader.feed("plain text", [](int, std::string_view) {}), Error);
}

TEST(Processes, DescribesAnExec) {
  ExecRequest request;
  request.argv = {"sh"};
  request.terminal = Terminal{{24, 80}, "vt100"};
  request.env = {{"A", "1"}};
  request.user = "dev";
  EXPECT_EQ(exec_create_body(request),
            R"({"AttachStderr":true,"AttachStdin":false,"AttachStdout":true,"Cmd":["sh"],)"
            R"("Env":["TERM=vt100","A=1"],"Tty":true,"User":"dev"})");
  EXPECT_EQ(exec_start_body(request), R"({"ConsoleSize":[24,80],"Detach":false,"Tty":true})");
}

TEST(Processes, TellsNotStartedFromEnded) {
  EXPECT_FALSE(exec_state_from(R"({"Running":false,"ExitCode":null,"Pid":0})").ended);
  EXPECT_TRUE(exec_state_from(R"({"Running":false,"ExitCode":126,"Pid":0})").ended);
  EXPECT_FALSE(exec_state_from(R"({"Running":true,"ExitCode":null,"Pid":7})").ended);
  // Podman's, before the start and after the end
  EXPECT_FALSE(
      exec_state_from(R"({"CanRemove":false,"ExitCode":0,"Running":false,"Pid":0})").ended);
  EXPECT_TRUE(exec_state_from(R"({"CanRemove":true,"ExitCode":0,"Running":false,"Pid":0})").ended);
}

TEST(Processes, KnowsTheRuntimesComplaints) {
  EXPECT_EQ(exit_code_of_failed_start("exec: \"x\": executable file not found in $PATH"), 127);
  EXPECT_EQ(exit_code_of_failed_start("OCI runtime exec failed: permission denied"), 126);
  EXPECT_EQ(exit_code_of_failed_start("something else"), 0);
}

TEST(Processes, ReadsEvents) {
  const auto event = instance_event_from(
      R"({"Type":"container","Action":"start","Actor":{"ID":"i","Attributes":{"a":"b"}}})");
  EXPECT_EQ(event.id, "i");
  EXPECT_EQ(event.action, "start");
  EXPECT_EQ(event.labels.at("a"), "b");
  EXPECT_EQ(instance_event_from(R"({"Type":"network","Actor":{"ID":"i"}})").id, "");
  EXPECT_EQ(instance_event_from("garbage").id, "");
}

BuildImageRequest full_build() {
  BuildImageRequest request;
  request.dockerfile = "/c/Dockerfile";
  request.context = "/c";
  request.target = "dev";
  request.args = {{"A", "1"}};
  request.tags = {"t1", "t2"};
  request.cache_from = {"cache"};
  request.options = {"--network=host"};
  request.platform = "linux/amd64";
  return request;
}

TEST(BuildCommand, FollowsTheReferencesOrder) {
  auto request = full_build();
  request.contexts = {{"src", "/s"}};
  const std::vector<std::string> expected{"docker",
                                          "buildx",
                                          "build",
                                          "--progress=plain",
                                          "--platform",
                                          "linux/amd64",
                                          "--load",
                                          "--build-arg",
                                          "BUILDKIT_INLINE_CACHE=1",
                                          "-f",
                                          "/c/Dockerfile",
                                          "-t",
                                          "t1",
                                          "-t",
                                          "t2",
                                          "--target",
                                          "dev",
                                          "--cache-from",
                                          "cache",
                                          "--build-arg",
                                          "A=1",
                                          "--build-context",
                                          "src=/s",
                                          "--network=host",
                                          "/c"};
  EXPECT_EQ(buildx_command("docker", request), expected);
}

TEST(BuildCommand, LeavesTheInlineCacheToItsKind) {
  auto request = full_build();
  request.cache_to = "type=inline";
  request.push = request.no_cache = request.pull = true;
  const auto words = buildx_command("docker", request);
  const auto has = [&](const char* word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  EXPECT_FALSE(has("BUILDKIT_INLINE_CACHE=1") || has("--load") || has("--cache-from"));
  EXPECT_TRUE(has("--push") && has("--no-cache") && has("--pull"));
}

TEST(BuildCommand, RefusesWhatOnlyBuildxCan) {
  auto request = full_build();
  EXPECT_EQ(docker_build_command("d", request).at(1), "build");
  request.contexts = {{"a", "b"}};
  EXPECT_THROW(docker_build_command("d", request), Error);
}

TEST(MajorOf, ReadsVersions) {
  EXPECT_EQ(major_of("20.10.24+dfsg1"), 20);
  EXPECT_EQ(major_of("Docker version 28.5.2, build x"), 28);
  EXPECT_EQ(major_of("none"), 0);
}

TEST(GlobMatches, FollowsDockerIgnore) {
  struct Row {
    const char* pattern;
    const char* path;
    bool matches;
  };
  const std::vector<Row> rows{
      {"*.txt", "a.txt", true},
      {"*.txt", "a/b.txt", false},
      {"**/*.txt", "a.txt", true},
      {"**/*.txt", "a/b/c.txt", true},
      {"a/**", "a/b/c", true},
      {"a/**", "b", false},
      {"**/x/y", "p/q/x/y", true},
      {"?b", "ab", true},
      {"?b", "/b", false},
      {"[a-c]x", "bx", true},
      {"[^a-c]x", "bx", false},
      {"\\*", "*", true},
      {"\\*", "a", false},
      {"a**b", "a/x/b", true},
      {"a", "ab", false},
      {"a*c", "abc", true},
      {"**", "anything/at/all", true},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(glob_matches(row.pattern, row.path), row.matches) << row.pattern << " " << row.path;
  }
}

TEST(IgnoreFile, LetsLaterLinesWin) {
  const IgnoreFile ignored("# comment\n\nnode_modules\n*.md\n!README.md\n/build/\n./x/../y\n");
  EXPECT_TRUE(ignored.ignores("node_modules/a/b"));
  EXPECT_FALSE(ignored.ignores("src/node_modules/a"));
  EXPECT_TRUE(ignored.ignores("NOTES.md"));
  EXPECT_FALSE(ignored.ignores("README.md"));
  EXPECT_TRUE(ignored.ignores("build/out"));
  EXPECT_TRUE(ignored.ignores("y"));
  EXPECT_FALSE(ignored.ignores("# comment"));
  EXPECT_TRUE(ignored.brings_back());
  EXPECT_TRUE(IgnoreFile("a\n!a/b\n").ignores("a/c"));
  EXPECT_FALSE(IgnoreFile("a\n!a/b\n").ignores("a/b"));
}

TEST(Commit, NamesTheImageInTwoParts) {
  EXPECT_EQ(commit_target({.id = "c", .image = "host:5000/a/b:1"}),
            "/commit?container=c&repo=host%3A5000%2Fa%2Fb&tag=1");
  EXPECT_EQ(commit_target({.id = "c", .image = "host:5000/a/b"}),
            "/commit?container=c&repo=host%3A5000%2Fa%2Fb&tag=latest");
  EXPECT_EQ(committed_image(R"({"Id": "sha256:1"})"), "sha256:1");
}

TEST(Query, EncodesAndSkipsWhatIsEmpty) {
  EXPECT_EQ(query({{"a", "x y/ü"}, {"b", ""}, {"c", "1"}}), "?a=x%20y%2F%C3%BC&c=1");
  EXPECT_EQ(query({}), "");
}

TEST(ExecEnds, AreReadInTheWordsOfEachEngine) {
  const auto line = [](const std::string& attributes) {
    return R"({"Type":"container","Action":"exec_die","Actor":{"ID":"c","Attributes":{)" +
           attributes + "}}}";
  };
  EXPECT_EQ(exec_end_from(line(R"("execID":"e1","exitCode":"7")"), "e1"), 7);
  EXPECT_EQ(exec_end_from(line(R"("execID":"e1","containerExitCode":"3")"), "e1"), 3);
  // Another's, none at all, and what is no number or no event.
  EXPECT_EQ(exec_end_from(line(R"("execID":"e2","exitCode":"7")"), "e1"), std::nullopt);
  EXPECT_EQ(exec_end_from(line(R"("execID":"e1")"), "e1"), std::nullopt);
  EXPECT_EQ(exec_end_from(line(R"("execID":"e1","exitCode":"7x")"), "e1"), std::nullopt);
  EXPECT_EQ(exec_end_from(line(R"("exitCode":"7")"), ""), std::nullopt);
  EXPECT_EQ(exec_end_from("no JSON", "e1"), std::nullopt);
  EXPECT_TRUE(exec_ends_target("c").starts_with("/events?filters=%7B"));
}

}  // namespace
}  // namespace fairlead::engine
