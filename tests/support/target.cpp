#include "support/target.hpp"

#include "support/engine_api.hpp"
#include "support/json.hpp"
#include "support/leak_guard.hpp"
#include "support/wait.hpp"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <stdexcept>

namespace fairlead::test {
namespace {

namespace fs = std::filesystem;

bool is_below(const std::string& path, const TestRun& run) {
  return path.starts_with(run.folder().string() + "/");
}

class DockerTarget : public Target {
 public:
  explicit DockerTarget(const char* address = "DOCKER_HOST") : address_(address) {}

  std::string name() const override { return "docker"; }

  std::string missing() const override {
    if (variable(address_).empty()) return std::string("no engine (") + address_ + " is not set)";
    if (!api().answers()) return "no engine answers at " + variable(address_);
    if (!api().has_image(base_image)) return "the engine has no image " + base_image;
    return {};
  }

  void configure(TestRun& run) const override { run.set("FAIRLEAD_BACKEND", "docker"); }

  std::vector<TargetInstance> instances(const TestRun& run) const override {
    std::vector<TargetInstance> found;
    for (const Container& container : api().containers()) {
      const auto label = container.labels.find("devcontainer.local_folder");
      if (label == container.labels.end() || !is_below(label->second, run)) continue;
      found.push_back({container.id, label->second, container.state == "running"});
    }
    return found;
  }

  void clean(const TestRun& run) const override {
    for (const TargetInstance& instance : instances(run)) api().remove_container(instance.id);
    // Workspaces of a test are named after it, and so are the images built for them.
    std::string mark = run.id();
    std::transform(mark.begin(), mark.end(), mark.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const std::string& tag : api().image_tags()) {
      if (tag.find(mark) != std::string::npos) api().remove_image(tag);
    }
  }

  std::vector<std::string> processes(const TestRun& run) const override {
    std::vector<std::string> found;
    for (const TargetInstance& instance : instances(run)) {
      if (!instance.running) continue;
      for (const std::string& line : api().processes(instance.id)) found.push_back(line);
    }
    return found;
  }

  void stop(const TestRun&, const std::string& id) const override {
    api().request("POST", "/containers/" + id + "/stop?t=5");
  }

 private:
  EngineApi api() const { return EngineApi(variable(address_)); }
  const char* address_;
};

/// Podman by its service, or by one that fairlead starts for itself.
class PodmanTarget : public DockerTarget {
 public:
  explicit PodmanTarget(bool service) : DockerTarget("FAIRLEAD_TEST_PODMAN"), service_(service) {}

  std::string name() const override { return service_ ? "podman" : "podman-command"; }

  void configure(TestRun& run) const override {
    run.set("FAIRLEAD_BACKEND", "podman");
    // Podman's state is bound to this folder.
    for (const char* name : {"XDG_RUNTIME_DIR", "CONTAINERS_CONF", "CONTAINERS_STORAGE_CONF",
                             "CONTAINERS_REGISTRIES_CONF"}) {
      run.set(name, variable(name));
    }
    if (service_) run.set("CONTAINER_HOST", variable("FAIRLEAD_TEST_PODMAN"));
  }

 private:
  bool service_;
};

/// Applets of the machine's static busybox as a root file system; made once for all tests.
void make_root(const fs::path& root) {
  for (const char* folder :
       {"bin", "etc", "root", "proc", "dev", "run", "home", "workspaces", "tmp", "usr/local/bin"}) {
    fs::create_directories(root / folder);
  }
  fs::permissions(root / "tmp", fs::perms::all | fs::perms::sticky_bit);
  fs::copy_file("/bin/busybox", root / "bin/busybox");
  const RunResult applets = run({.argv = {"/bin/busybox", "--list"}});
  std::size_t begin = 0;
  for (auto end = applets.out.find('\n'); end != std::string::npos;
       begin = end + 1, end = applets.out.find('\n', begin)) {
    const std::string applet = applets.out.substr(begin, end - begin);
    if (applet != "busybox") fs::create_symlink("busybox", root / "bin" / applet);
  }
  write_file(root / "etc/passwd",
             "root:x:0:0:root:/root:/bin/sh\ndev:x:1000:1000::/home/dev:/bin/sh\n");
  write_file(root / "etc/group", "root:x:0:\ndev:x:1000:\n");
  fs::create_directories(root / "home/dev");
  if (::chown((root / "home/dev").c_str(), 1000, 1000) != 0) throw std::runtime_error("chown");
}

class TestbedTarget : public Target {
 public:
  std::string name() const override { return "testbed"; }

  std::string missing() const override {
    if (::geteuid() != 0) return "the test backend needs root";
    if (::access("/bin/busybox", X_OK) != 0) return "no static busybox";
    return {};
  }

  void configure(TestRun& run) const override {
    make_image();
    run.set("FAIRLEAD_BACKEND", "testbed");
    run.set("FAIRLEAD_PLUGIN_PATH", FAIRLEAD_BINARY_DIR "/tests/plugins");
    run.set("FAIRLEAD_PLUGINS__TESTBED__IMAGES", images());
    run.set("FAIRLEAD_PLUGINS__TESTBED__STATE", state(run));
  }

  std::vector<TargetInstance> instances(const TestRun& run) const override {
    std::vector<TargetInstance> found;
    if (!fs::exists(state(run) + "/instances")) return found;
    for (const auto& entry : fs::directory_iterator(state(run) + "/instances")) {
      const std::string info = read_file(entry.path() / "info.json");
      if (info.empty() || entry.path().filename().string().starts_with(".")) continue;
      found.push_back({json_at(info, "/id"), json_at(info, "/labels/devcontainer.local_folder"),
                       !processes_below(entry.path()).empty()});
    }
    return found;
  }

  void clean(const TestRun& run) const override {
    for (const std::string& process : processes_below(state(run))) {
      ::kill(std::atoi(process.c_str()), SIGKILL);
    }
    wait_until(milliseconds(5000), [&] { return processes_below(state(run)).empty(); });
    // Their supervisor still writes how they ended while this removes.
    const bool gone = wait_until(milliseconds(5000), [&] {
      std::error_code ignored;
      fs::remove_all(state(run), ignored);
      return !fs::exists(state(run), ignored);
    });
    if (!gone) throw std::runtime_error("cannot remove " + state(run));
  }

  std::vector<std::string> processes(const TestRun& run) const override {
    return processes_below(state(run));
  }

  void stop(const TestRun& run, const std::string& id) const override {
    for (const auto& entry : fs::directory_iterator(state(run) + "/instances")) {
      if (json_at(read_file(entry.path() / "info.json"), "/id") != id) continue;
      ::kill(std::atoi(read_file(entry.path() / "main").c_str()), SIGKILL);
      wait_until(milliseconds(5000), [&] { return fs::exists(entry.path() / "exit"); });
    }
  }

 private:
  static std::string images() { return FAIRLEAD_BINARY_DIR "/tests/testbed-images"; }
  static std::string state(const TestRun& run) { return run.below("testbed").string(); }

  /// Tests run side by side: whoever comes first makes it, under another name until it is whole.
  static void make_image() {
    const fs::path folder = fs::path(images()) / base_image;
    if (fs::exists(folder / "image.json")) return;
    fs::create_directories(folder.parent_path());
    const fs::path fresh = folder.string() + "." + std::to_string(::getpid());
    make_root(fresh / "rootfs");
    write_file(fresh / "image.json", R"({"id":"sha256:test","command":["/bin/sh"],)"
                                     R"("env":["PATH=/usr/local/bin:/bin:/usr/bin"]})");
    std::error_code exists;
    fs::rename(fresh, folder, exists);
    if (exists) fs::remove_all(fresh);
  }
};

}  // namespace

std::unique_ptr<Target> make_target(const std::string& name) {
  if (name == "testbed") return std::make_unique<TestbedTarget>();
  if (name.starts_with("podman")) return std::make_unique<PodmanTarget>(name == "podman");
  return std::make_unique<DockerTarget>();
}

}  // namespace fairlead::test
