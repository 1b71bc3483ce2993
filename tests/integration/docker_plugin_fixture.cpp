#include "docker_plugin_fixture.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstdint>

namespace fairlead::test {

using namespace std::chrono_literals;

PipeEnds make_pipe() {
  std::array<int, 2> ends{-1, -1};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

std::string read_all(int fd) {
  std::string text;
  std::array<char, 64 * 1024> buffer;
  for (ssize_t got = 0; (got = ::read(fd, buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text;
}

void write_whole(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::write(fd, bytes.data(), bytes.size());
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

UniqueFd file_with(const std::string& content) {
  UniqueFd fd(::memfd_create("content", MFD_CLOEXEC));
  write_whole(fd.get(), content);
  ::lseek(fd.get(), 0, SEEK_SET);
  return fd;
}

UniqueFd duplicate(const UniqueFd& fd) { return UniqueFd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3)); }

std::string noise(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 12345;
  for (char& c : bytes) {
    state = state * 1664525U + 1013904223U;
    c = static_cast<char>(state >> 24U);
  }
  return bytes;
}

ExecRequest script(const std::string& id, const std::string& text) {
  ExecRequest request;
  request.id = id;
  request.argv = {"/bin/sh", "-c", text};
  return request;
}

Running::Running(Backend& backend, ExecRequest request) {
  CallOptions options;
  options.stop = stop_.get_token();
  auto name = name_.get_future();
  options.on_event = [this](const Event& event) {
    if (event.started) name_.set_value(*event.started);
  };
  end_ =
      std::async(std::launch::async, [&backend, request, options = std::move(options)]() mutable {
        return backend.exec(request, std::move(options)).exit_code;
      });
  if (name.wait_for(10s) == std::future_status::ready) started_ = name.get();
}

void DockerPluginTest::SetUp() {
  target_ = make_target("docker");
  if (!target_->missing().empty()) GTEST_SKIP() << "skipped: " << target_->missing();
  registry_ = std::make_unique<PluginRegistry>(
      PluginSearch{{FAIRLEAD_BINARY_DIR "/lib/fairlead/plugins"}, run_.below("state").string()},
      Log(quiet_));
  backend_ = open({});
}

void DockerPluginTest::TearDown() {
  if (!target_->missing().empty()) return;
  const EngineApi engine(variable("DOCKER_HOST"));
  for (const auto& container : engine.containers()) {
    if (container.labels.contains("fairlead.test") &&
        container.labels.at("fairlead.test") == run_.id()) {
      engine.remove_container(container.id);
    }
  }
}

std::unique_ptr<Backend> DockerPluginTest::open(Environment environment) {
  ConfigureRequest settings;
  settings.environment = std::move(environment);
  settings.environment.try_emplace("DOCKER_HOST", variable("DOCKER_HOST"));
  settings.environment.try_emplace("PATH", variable("PATH"));
  settings.working_directory = run_.folder().string();
  return registry_->open_backend("docker", local_host(), settings);
}

CreateRequest DockerPluginTest::sleeper() const {
  CreateRequest request;
  request.image = base_image;
  request.entrypoint = {"/bin/sh"};
  request.command = {"-c", "trap 'exit 0' TERM; while sleep 1 & wait $!; do :; done"};
  request.labels = {{"fairlead.test", run_.id()}};
  request.run_args = {"--network=none"};
  return request;
}

std::string DockerPluginTest::started(const CreateRequest& request) {
  return backend_->start({backend_->create(request, {}).id}, {}).id;
}

Output DockerPluginTest::run(ExecRequest request, const std::string& input) {
  auto out = make_pipe();
  auto err = make_pipe();
  CallOptions options;
  if (!input.empty()) request.in = options.pass(file_with(input));
  request.out = options.pass(std::move(out.write));
  request.err = options.pass(std::move(err.write));
  auto out_text = std::async(std::launch::async, [&] { return read_all(out.read.get()); });
  auto err_text = std::async(std::launch::async, [&] { return read_all(err.read.get()); });
  Output output;
  try {
    output.exit_code = backend_->exec(request, std::move(options)).exit_code;
  } catch (const Error& error) {
    ADD_FAILURE() << error.text();
  }
  output.out = out_text.get();
  output.err = err_text.get();
  return output;
}

Output DockerPluginTest::shell(const std::string& id, const std::string& text,
                               const std::string& input) {
  return run(script(id, text), input);
}

std::vector<std::string> DockerPluginTest::processes(const std::string& id) {
  auto all = EngineApi(variable("DOCKER_HOST")).processes(id);
  std::erase_if(all, [](const std::string& line) {
    return line.find("trap 'exit 0'") != std::string::npos || line == "sleep 1";
  });
  return all;
}

}  // namespace fairlead::test
