// Compose projects on Podman: nothing answers where Docker would.

#include "compose_fixture.hpp"

#include <fairlead/sdk/timer.hpp>
#include <fairlead/unique_fd.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <string_view>
#include <thread>

namespace fairlead::test {
namespace {

class ComposeOnPodman : public ComposeTest {
 protected:
  std::string target_name() const override { return "podman"; }
  void SetUp() override {
    ComposeTest::SetUp();
    if (IsSkipped()) return;
    test_run().set("DOCKER_HOST", "unix:///nowhere.sock");
  }
};
INSTANTIATE_TEST_SUITE_P(Version, ComposeOnPodman,
                         ::testing::Values("FAIRLEAD_TEST_COMPOSE", "FAIRLEAD_TEST_COMPOSE_1",
                                           "FAIRLEAD_TEST_COMPOSE_OF_PODMAN",
                                           "FAIRLEAD_TEST_PODMAN_COMPOSE"));

std::string companion_with(const std::string& health) {
  return "    depends_on:\n      db:\n        condition: service_healthy\n  db:\n    image: " +
         std::string(base_image) +
         "\n    command: sh -c 'echo the reason; sleep infinity'\n    stop_grace_period: 0s\n    "
         "healthcheck:\n      test: ['CMD', '" +
         health + "']\n      interval: 1s\n      retries: 1\n";
}

// CMP-001, CMP-002, CMP-012, CMP-013: nobody but us runs health checks here.
TEST_P(ComposeOnPodman, ComesUpWithAHealthyCompanionAndGoesAsAWhole) {
  allow_processes_inside();
  const Workspace project =
      this->project(companion_with("true"), R"("postCreateCommand": "id -u >> made")");
  const RunResult up = own(project, "up", {"--json", "--wait"});
  ASSERT_EQ(up.exit_code, 0) << up.text();
  const auto name = project_name(project);
  ASSERT_EQ(services(name, "app").size(), 1U);
  ASSERT_EQ(services(name, "db").size(), 1U);
  EXPECT_EQ(json_at(up.out, "/backend"), "compose");
  const auto id = json_at(up.out, "/containerId");
  EXPECT_EQ(project.read("made"), "0\n");

  EXPECT_EQ(json_at(own(project, "up", {"--json", "--wait"}).out, "/containerId"), id);
  EXPECT_EQ(own(project, "exec", {"cat", "made"}).out, "0\n");
  EXPECT_EQ(own(project, "stop").exit_code, 0);
  EXPECT_NE(services(name, "db").front().state, "running");
  const RunResult resumed = own(project, "up", {"--json", "--wait"});
  EXPECT_EQ(json_at(resumed.out, "/containerId"), id) << resumed.text();
  const RunResult down = own(project, "down");
  EXPECT_EQ(down.exit_code, 0) << down.text();
  EXPECT_TRUE(services(name, "app").empty());
  EXPECT_TRUE(services(name, "db").empty());
}

// CMP-020, VSC-022
TEST_P(ComposeOnPodman, TwoConfigurationsShareOneProject) {
  allow_processes_inside();
  expect_two_configurations_share_a_project();
}

// USER-017
TEST_P(ComposeOnPodman, FilesOfTheServiceAreTheUsers) {
  if (::geteuid() == 0) GTEST_SKIP() << "skipped: only a rootless container maps ids";
  const Workspace project = project_of(
      "services:\n  app:\n    image: fairlead-test/user\n    command: sleep infinity\n    "
      "stop_grace_period: 0s\n    volumes:\n      - ..:/workspace\n",
      R"("remoteUser": "dev")");
  const RunResult up = own(project, "up", {"--json", "--wait"});
  ASSERT_EQ(up.exit_code, 0) << up.text();
  project.write("outside", "a\n");
  const RunResult inside =
      own(project, "exec", {"sh", "-c", "echo b >>outside; echo c >inside; id -un"});
  EXPECT_EQ(inside.out, "dev\n") << inside.text();
  EXPECT_EQ(project.read("outside"), "a\nb\n");
  struct stat info {};
  ASSERT_EQ(::stat((project.folder / "inside").c_str(), &info), 0);
  EXPECT_EQ(info.st_uid, ::geteuid());
  EXPECT_EQ(own(project, "down").exit_code, 0);
}

// What podman-compose by itself would start, forget or leave behind.
TEST_P(ComposeOnPodman, LeavesNothingOfAProjectAndStartsNothingElse) {
  allow_processes_inside();
  const Workspace project = this->project();
  project.write(".devcontainer/compose.yml",
                "services:\n  app:\n    image: " + std::string(base_image) +
                    "\n    command: sleep infinity\n    stop_grace_period: 0s\n    environment:\n"
                    "      GREETING: a 'b' $$c\n    volumes:\n      - ..:/workspace\n"
                    "      - data:/data\n  other:\n    image: " +
                    std::string(base_image) + "\n    profiles: [extra]\nvolumes:\n  data: {}\n");
  const RunResult up = own(project, "up", {"--json", "--wait"});
  ASSERT_EQ(up.exit_code, 0) << up.text();
  const auto name = project_name(project);
  EXPECT_TRUE(services(name, "other").empty());
  EXPECT_EQ(own(project, "exec", {"sh", "-c", "echo \"$GREETING\" >/data/x; cat /data/x"}).out,
            "a 'b' $c\n");
  const RunResult down = own(project, "down", {"--volumes"});
  EXPECT_EQ(down.exit_code, 0) << down.text();
  const std::string mark = "%22com.docker.compose.project=" + name + "%22";
  const auto left = [&](const std::string& what) {
    return engine().request("GET", what + "?filters=%7B%22label%22:%5B" + mark + "%5D%7D");
  };
  EXPECT_EQ(left("/networks").find(name), std::string::npos);
  EXPECT_EQ(left("/volumes").find(name), std::string::npos);
}

// CMP-010
TEST_P(ComposeOnPodman, BuildsWithFeatures) {
  const Workspace project = project_of(
      "services:\n  app:\n    build: .\n    command: sleep infinity\n    stop_grace_period: 0s\n   "
      " "
      "volumes:\n      - ..:/workspace\n",
      R"("features": {"./local": {}})");
  project.write(".devcontainer/Dockerfile",
                "FROM " + std::string(base_image) + "\nENV FROM_FILE=yes\n");
  project.write(".devcontainer/local/devcontainer-feature.json",
                R"({"id": "local", "version": "1.0.0", "name": "l"})");
  project.write(".devcontainer/local/install.sh", "#!/bin/sh\necho $_CONTAINER_USER >/feature\n");
  const RunResult up = own(project, "up", {"--json", "--wait"});
  ASSERT_EQ(up.exit_code, 0) << up.text();
  EXPECT_EQ(own(project, "exec", {"sh", "-c", "cat /feature; echo $FROM_FILE"}).out, "root\nyes\n");
  EXPECT_EQ(own(project, "down", {"--images"}).exit_code, 0);
}

/// Nobody has named an engine: Docker is looked for where it usually is.
class ComposeFindsPodman : public ComposeTest {
 protected:
  static constexpr const char* socket_path = "/run/docker.sock";

  std::string target_name() const override { return "podman"; }
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "skipped: only root may put a socket where Docker's is";
    if (::access(socket_path, F_OK) == 0) GTEST_SKIP() << "skipped: there is a socket of Docker's";
    entered_ = true;
    ComposeTest::SetUp();
    if (IsSkipped()) return;
    for (const char* name : {"DOCKER_HOST", "DOCKER_CONTEXT"}) test_run().set(name, "");
    test_run().set("FAIRLEAD_BACKEND", "auto");
  }
  void TearDown() override {
    if (!entered_) return;
    answer_no_more();
    ComposeTest::TearDown();
  }

  /// Takes connections and says nothing, as an engine that was stopped.
  void be_silent() {
    silent_ = listener(socket_path);
    ASSERT_TRUE(silent_);
  }
  int silent_socket() const { return silent_.get(); }
  static UniqueFd listener(const std::string& path) {
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    const bool listens =
        ::bind(fd.get(), generic, sizeof address) == 0 && ::listen(fd.get(), 64) == 0;
    return listens ? std::move(fd) : UniqueFd();
  }
  void answer_no_more() {
    if (silent_) ::unlink(socket_path);
    silent_.reset();
  }

 private:
  UniqueFd silent_;
  bool entered_ = false;
};
INSTANTIATE_TEST_SUITE_P(Version, ComposeFindsPodman, ::testing::Values("FAIRLEAD_TEST_COMPOSE"));

// CMP-001: silent is not absent.
TEST_P(ComposeFindsPodman, SaysThatDockerMayHaveIt) {
  const Workspace project = this->project();
  be_silent();
  const RunResult missing = own(project, "exec", {"true"});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_NE(missing.err.find("These do not, and may have it"), std::string::npos) << missing.text();
  EXPECT_NE(missing.err.find("docker: No engine answers at unix:///var/run/docker.sock"),
            std::string::npos)
      << missing.text();
  const RunResult up = own(project, "up", {"--json", "--wait"});
  ASSERT_EQ(up.exit_code, 0) << up.text();
  EXPECT_NE(up.err.find("The project is made on Podman. Docker does not answer"), std::string::npos)
      << up.text();
  EXPECT_EQ(own(project, "exec", {"echo", "in"}).out, "in\n");
  EXPECT_EQ(own(project, "down").exit_code, 0);
}

/// What is there already is enough: ten seconds are for what is not.
TEST_P(ComposeFindsPodman, GoesOnWithPodmansProjectWhileDockerIsSilent) {
  const Workspace project = this->project();
  ASSERT_EQ(own(project, "up", {"--json", "--wait"}).exit_code, 0);
  be_silent();
  const RunResult inside = own(project, "exec", {"echo", "in"});
  EXPECT_EQ(inside.out, "in\n") << inside.text();
  // It is found; what is made beside it may still be on the other one.
  const RunResult anew = own(project, "up", {"--json", "--wait", "--remove-existing-container"});
  EXPECT_EQ(anew.exit_code, 0) << anew.text();
  EXPECT_NE(anew.err.find("The project is made on Podman. Docker does not answer"),
            std::string::npos)
      << anew.text();
  EXPECT_NE(anew.err.find("has said nothing for 1 s"), std::string::npos) << anew.text();
  EXPECT_EQ(own(project, "down").exit_code, 0);
}

/// A Docker without containers, which answers from the moment in which Podman is asked. Podman says
/// nothing at all.
class DockerBesidePodman {
 public:
  DockerBesidePodman(int docker, int podman)
      : docker_(docker), podman_(podman), thread_([this] { serve(); }) {}
  ~DockerBesidePodman() {
    end_.end();
    thread_.join();
  }
  DockerBesidePodman(const DockerBesidePodman&) = delete;
  DockerBesidePodman& operator=(const DockerBesidePodman&) = delete;

  bool podman_was_asked() const { return podman_was_asked_; }

 private:
  bool comes_to(int listener) {
    std::array<pollfd, 2> watched{{{listener, POLLIN, 0}, {end_.fd(), POLLIN, 0}}};
    ::poll(watched.data(), watched.size(), -1);
    return watched[1].revents == 0;
  }
  void serve() {
    if (!comes_to(podman_)) return;
    podman_was_asked_ = true;
    while (comes_to(docker_)) answer(UniqueFd(::accept4(docker_, nullptr, nullptr, SOCK_CLOEXEC)));
  }
  static void answer(const UniqueFd& client) {
    std::string asked;
    std::array<char, 4096> piece{};
    while (asked.find("\r\n\r\n") == std::string::npos) {
      const auto got = ::recv(client.get(), piece.data(), piece.size(), 0);
      if (got <= 0) return;
      asked.append(piece.data(), static_cast<std::size_t>(got));
    }
    constexpr std::string_view empty_list =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
        "Connection: close\r\n\r\n[]";
    ::send(client.get(), empty_list.data(), empty_list.size(), MSG_NOSIGNAL);
  }

  int docker_;
  int podman_;
  sdk::Timer end_{std::chrono::minutes(5)};
  std::atomic<bool> podman_was_asked_ = false;
  std::thread thread_;
};

TEST_P(ComposeFindsPodman, DockerThatAnswersWhilePodmanIsAskedIsTaken) {
  const Workspace project = this->project();
  const auto podman_path = (project.folder / "p.sock").string();
  be_silent();
  const UniqueFd podman = listener(podman_path);
  ASSERT_TRUE(podman) << podman_path;
  test_run().set("CONTAINER_HOST", "unix://" + podman_path);
  test_run().set("FAIRLEAD_BACKEND", "compose");
  const DockerBesidePodman engines(silent_socket(), podman.get());
  const RunResult missing = own(project, "exec", {"true"});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_NE(missing.err.find("Dev container not found."), std::string::npos) << missing.text();
  EXPECT_TRUE(engines.podman_was_asked());
}

TEST_P(ComposeFindsPodman, TakesPodmanQuietlyWhereThereIsNoDocker) {
  const Workspace project = this->project();
  const RunResult missing = own(project, "exec", {"true"});
  EXPECT_NE(missing.err.find("Dev container not found."), std::string::npos) << missing.text();
  const RunResult up = own(project, "up", {"--json", "--wait"});
  ASSERT_EQ(up.exit_code, 0) << up.text();
  EXPECT_EQ(up.err.find("does not answer"), std::string::npos) << up.text();
  EXPECT_EQ(own(project, "down").exit_code, 0);
}

class PodmanCompose : public ComposeOnPodman {};
INSTANTIATE_TEST_SUITE_P(OnPodman, PodmanCompose,
                         ::testing::Values("FAIRLEAD_TEST_PODMAN_COMPOSE"));

TEST_P(PodmanCompose, WhatItWouldLeaveOutIsSaidBeforeAnythingIsMade) {
  const Workspace project =
      project_of("services:\n  app:\n    extends:\n      file: base.yml\n      service: base\n");
  project.write(".devcontainer/base.yml",
                "services:\n  base:\n    image: " + std::string(base_image) + "\n");
  const RunResult up = own(project, "up");
  EXPECT_EQ(up.exit_code, 1);
  EXPECT_NE(up.text().find("podman-compose leaves out `extends` of a file"), std::string::npos)
      << up.text();
  EXPECT_TRUE(services(project_name(project), "app").empty());
}

TEST_P(PodmanCompose, ASickServiceIsShownWithItsLog) {
  const Workspace project = this->project(companion_with("false"));
  const RunResult up = own(project, "up");
  EXPECT_EQ(up.exit_code, 1);
  EXPECT_NE(up.text().find("the service 'db' is not healthy"), std::string::npos) << up.text();
  EXPECT_NE(up.text().find("the reason"), std::string::npos) << up.text();
  EXPECT_TRUE(services(project_name(project), "app").empty());
  for (const auto& left : services(project_name(project), "db")) engine().remove_container(left.id);
}

TEST_P(PodmanCompose, DoesNotWorkWithDocker) {
  test_run().set("FAIRLEAD_PLUGINS__COMPOSE__ENGINE", "docker");
  const RunResult up = own(project(), "up");
  EXPECT_EQ(up.exit_code, 1);
  EXPECT_NE(up.text().find("podman-compose cannot work with Docker"), std::string::npos)
      << up.text();
}

}  // namespace
}  // namespace fairlead::test
