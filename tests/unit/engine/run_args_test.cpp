// docker run's command line as the create request. The table is compared with what docker's own
// client sends by tests/integration/run_args_peer.py.

#include <fairlead/engine/create.hpp>
#include <fairlead/error.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace fairlead::engine {
namespace {

using Json = nlohmann::json;

ClientSide client_side() {
  return {
      {{"HOME", "/home/me"}, {"EDITOR", "vi"}}, "/home/me/project", [](const std::string& path) {
        if (path == "vars") return std::string("# comment\nA=1\nEDITOR\nUNKNOWN\n  B=2 \r\n");
        if (path == "profile") return std::string("{ \"defaultAction\": \"x\" }");
        throw Error(Status::not_found, "backend.run_args", path);
      }};
}

CreateBody create(std::vector<std::string> words) {
  CreateRequest request;
  request.image = "busybox";
  request.run_args = std::move(words);
  return create_body(request, client_side());
}

Json body(std::vector<std::string> words) { return Json::parse(create(std::move(words)).json); }

struct Row {
  std::vector<std::string> words;
  const char* pointer;
  const char* expected;
};

class RunArgsTable : public ::testing::TestWithParam<Row> {};

TEST_P(RunArgsTable, SetsWhatDockerSets) {
  const auto& row = GetParam();
  EXPECT_EQ(body(row.words).value(Json::json_pointer(row.pointer), Json()),
            Json::parse(row.expected))
      << row.words.front();
}

INSTANTIATE_TEST_SUITE_P(
    Flags, RunArgsTable,
    ::testing::Values(
        Row{{"-e", "A=b=c", "-e", "EDITOR", "-e", "GONE"},
            "/Env",
            R"(["A=b=c","EDITOR=vi","GONE"])"},
        Row{{"-eA=1", "--env=A=2"}, "/Env", R"(["A=2"])"},
        Row{{"--env-file", "vars", "-e", "A=3"}, "/Env", R"(["A=3","EDITOR=vi","B=2 "])"},
        Row{{"-l", "a=b", "--label", "c"}, "/Labels", R"({"a":"b","c":""})"},
        Row{{"-v", "/x:/y:ro"}, "/HostConfig/Binds", R"(["/x:/y:ro"])"},
        Row{{"-v", "./x:/y"}, "/HostConfig/Binds", R"(["/home/me/project/x:/y"])"},
        Row{{"-v", ".:/y"}, "/HostConfig/Binds", R"(["/home/me/project:/y"])"},
        Row{{"-v", "/data"}, "/Volumes", R"({"/data":{}})"},
        Row{{"--mount", "type=bind,src=/a,dst=/b,readonly"},
            "/HostConfig/Mounts",
            R"([{"Type":"bind","Source":"/a","Target":"/b","ReadOnly":true}])"},
        Row{{"--mount", "target=/c,volume-opt=o=uid=1,\"volume-label=a=b,c\""},
            "/HostConfig/Mounts/0/VolumeOptions",
            R"({"DriverConfig":{"Options":{"o":"uid=1"}},"Labels":{"a":"b,c"}})"},
        Row{{"--mount", "type=tmpfs,dst=/t,tmpfs-size=1m,tmpfs-mode=1770"},
            "/HostConfig/Mounts/0/TmpfsOptions",
            R"({"SizeBytes":1048576,"Mode":1016})"},
        Row{{"--tmpfs", "/run:rw,size=64m"}, "/HostConfig/Tmpfs", R"({"/run":"rw,size=64m"})"},
        Row{{"-p", "127.0.0.1:8080:80/udp"},
            "/HostConfig/PortBindings",
            R"({"80/udp":[{"HostIp":"127.0.0.1","HostPort":"8080"}]})"},
        Row{{"-p", "[::1]:80:80"},
            "/HostConfig/PortBindings",
            R"({"80/tcp":[{"HostIp":"::1","HostPort":"80"}]})"},
        Row{{"-p", "8000-8001:80-81"},
            "/HostConfig/PortBindings",
            R"({"80/tcp":[{"HostIp":"","HostPort":"8000"}],"81/tcp":[{"HostIp":"","HostPort":"8001"}]})"},
        Row{{"-p", "8000-8010:80"},
            "/HostConfig/PortBindings",
            R"({"80/tcp":[{"HostIp":"","HostPort":"8000-8010"}]})"},
        Row{{"-p", "80"}, "/ExposedPorts", R"({"80/tcp":{}})"},
        Row{{"--network", "mine", "--network-alias", "db", "--ip", "10.0.0.2"},
            "/NetworkingConfig/EndpointsConfig/mine",
            R"({"Aliases":["db"],"IPAMConfig":{"IPv4Address":"10.0.0.2"}})"},
        Row{{"--network=host"}, "/HostConfig/NetworkMode", R"("host")"},
        Row{{"--memory", "1.5g"}, "/HostConfig/Memory", "1610612736"},
        Row{{"-m", "512MiB"}, "/HostConfig/Memory", "536870912"},
        Row{{"--cpus", "1.5"}, "/HostConfig/NanoCpus", "1500000000"},
        Row{{"--shm-size=64m"}, "/HostConfig/ShmSize", "67108864"},
        Row{{"--ulimit", "nofile=1024:2048", "--ulimit", "core=0"},
            "/HostConfig/Ulimits",
            R"([{"Name":"nofile","Soft":1024,"Hard":2048},{"Name":"core","Soft":0,"Hard":0}])"},
        Row{{"--gpus", "all"},
            "/HostConfig/DeviceRequests",
            R"([{"Driver":"","Count":-1,"DeviceIDs":null,"Capabilities":[["gpu"]],"Options":{}}])"},
        Row{{"--gpus", "\"device=0,1\""}, "/HostConfig/DeviceRequests/0/DeviceIDs", R"(["0","1"])"},
        Row{{"--device", "/dev/fuse:r"},
            "/HostConfig/Devices",
            R"([{"PathOnHost":"/dev/fuse","PathInContainer":"/dev/fuse","CgroupPermissions":"r"}])"},
        Row{{"--security-opt", "label:disable"}, "/HostConfig/SecurityOpt", R"(["label:disable"])"},
        Row{{"--security-opt", "seccomp=profile"},
            "/HostConfig/SecurityOpt",
            R"(["seccomp={\"defaultAction\":\"x\"}"])"},
        Row{{"--health-cmd", "true", "--health-interval", "1m30s"},
            "/Healthcheck",
            R"({"Test":["CMD-SHELL","true"],"Interval":90000000000})"},
        Row{{"--no-healthcheck"}, "/Healthcheck", R"({"Test":["NONE"]})"},
        Row{{"--restart", "on-failure:5"},
            "/HostConfig/RestartPolicy",
            R"({"Name":"on-failure","MaximumRetryCount":5})"},
        Row{{"--add-host", "db=[::1]"}, "/HostConfig/ExtraHosts", R"(["db:::1"])"},
        Row{{"-itu", "dev"}, "/User", R"("dev")"},
        Row{{"--init=false"}, "/HostConfig/Init", "false"},
        Row{{"--cap-add=SYS_PTRACE", "--cap-add", "NET_ADMIN"},
            "/HostConfig/CapAdd",
            R"(["CAP_NET_ADMIN","CAP_SYS_PTRACE"])"},
        Row{{"--log-driver", "none", "--log-opt", "a=b"},
            "/HostConfig/LogConfig",
            R"({"Type":"none","Config":{"a":"b"}})"},
        Row{{"--entrypoint", ""}, "/Entrypoint", R"([""])"}));

TEST(RunArgs, PutsNameAndPlatformIntoTheQuery) {
  EXPECT_EQ(create({"--name", "my box", "--platform=linux/arm64"}).target,
            "/containers/create?name=my%20box&platform=linux%2Farm64");
}

TEST(RunArgs, NamesWhatItDoesNotUnderstand) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> rows{
      {{"--no-such-flag", "x"}, "--no-such-flag"},
      {{"-Z"}, "-Z"},
      {{"--name"}, "--name"},
      {{"--memory", "lots"}, "--memory lots"},
      {{"-p", "80:99999"}, "-p 80:99999"},
      {{"busybox"}, "busybox"},
      {{"-v", "/a::/b"}, "-v /a::/b"},
      {{"--mount", "type=bind,src=/a"}, "target"},
      {{"--ulimit", "x"}, "--ulimit"},
      {{"--restart", "a:b:c"}, "--restart"},
      {{"--health-interval", "5"}, "unit"},
      {{"--network", "name=a,b=c"}, "'b'"},
  };
  for (const auto& [words, part] : rows) {
    try {
      create(words);
      ADD_FAILURE() << part;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "backend.run_args");
      EXPECT_NE(error.message().find(part), std::string::npos) << error.message();
    }
  }
}

TEST(RunArgs, WinOverTheStructuredPart) {  // but for the entrypoint
  CreateRequest request;
  request.image = "busybox";
  request.name = "ours";
  request.user = "ours";
  request.env = {{"A", "ours"}};
  request.labels = {{"l", "ours"}};
  request.entrypoint = {"/bin/sh"};
  request.run_args = {"--name",   "theirs", "-u",       "theirs",       "-e",
                      "A=theirs", "-l",     "l=theirs", "--entrypoint", "theirs"};
  const auto made = create_body(request, client_side());
  const auto json = Json::parse(made.json);
  EXPECT_EQ(made.target, "/containers/create?name=theirs");
  EXPECT_EQ(json["User"], "theirs");
  EXPECT_EQ(json["Env"], Json({"A=theirs"}));
  EXPECT_EQ(json["Labels"], Json({{"l", "theirs"}}));
  EXPECT_EQ(json["Entrypoint"], Json({"/bin/sh"}));
  EXPECT_EQ(made.warnings.size(), 1U);
}

TEST(RunArgs, NameAFileForTheIdOfTheContainer) {
  EXPECT_EQ(create({"--cidfile", "out/../id"}).id_file, "/home/me/project/id");
  EXPECT_EQ(create({"--cidfile=/tmp/id"}).id_file, "/tmp/id");
  EXPECT_EQ(create({"--rm"}).id_file, "");
}

TEST(RunArgs, LeaveTheMetadataLabelAsItIs) {  // it stands last on the reference's command line
  CreateRequest request;
  request.image = "busybox";
  request.run_args = {"-l", "devcontainer.metadata=[]", "-l", "other=theirs"};
  request.labels = {{"other", "ours"}};
  const auto labels = [&] {
    return Json::parse(create_body(request, client_side()).json)["Labels"];
  };
  EXPECT_EQ(labels(), Json({{"devcontainer.metadata", "[]"}, {"other", "theirs"}}));
  request.labels["devcontainer.metadata"] = "[{}]";
  EXPECT_EQ(labels(), Json({{"devcontainer.metadata", "[{}]"}, {"other", "theirs"}}));
}

TEST(CreateBody, PassesOverLinesOfALabelFileWithoutAValue) {  // as the docker client does
  EXPECT_EQ(body({"--label-file", "vars"})["Labels"], Json({{"A", "1"}, {"B", "2 "}}));
}

TEST(CreateBody, DescribesTheStructuredPart) {
  CreateRequest request;
  request.image = "img";
  request.command = {"-c", "x"};
  request.mounts = {{MountType::bind, "/a", "/b", true, "cached", {{"bind-propagation", "rslave"}}},
                    {MountType::volume, "", "/v", false, "", {}}};
  request.ports = {{"127.0.0.1", "8080", "80", "tcp"}, {"", "", "90", "udp"}};
  request.cap_add = {"SYS_PTRACE"};
  request.security_opt = {"seccomp=unconfined"};
  request.init = request.privileged = request.gpu = true;
  const auto json = Json::parse(create_body(request, client_side()).json);
  EXPECT_EQ(json, Json::parse(R"({
    "Image":"img","Cmd":["-c","x"],"ExposedPorts":{"80/tcp":{},"90/udp":{}},
    "HostConfig":{"Init":true,"Privileged":true,"CapAdd":["CAP_SYS_PTRACE"],
      "SecurityOpt":["seccomp=unconfined"],
      "PortBindings":{"80/tcp":[{"HostIp":"127.0.0.1","HostPort":"8080"}],
                      "90/udp":[{"HostIp":"","HostPort":""}]},
      "DeviceRequests":[{"Driver":"","Count":-1,"DeviceIDs":null,"Capabilities":[["gpu"]],"Options":{}}],
      "Mounts":[{"Type":"bind","Source":"/a","Target":"/b","ReadOnly":true,"Consistency":"cached",
                 "BindOptions":{"Propagation":"rslave"}},{"Type":"volume","Target":"/v"}]}})"));
}

}  // namespace
}  // namespace fairlead::engine
