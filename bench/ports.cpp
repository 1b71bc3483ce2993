#include "ports.hpp"

#include "support/files.hpp"
#include "support/json.hpp"
#include "support/wait.hpp"
#include "unit/ports/sockets.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace fairlead::bench {
namespace {

namespace net = ports::test;

constexpr int rounds = 9;
constexpr int streaming = 19100;
constexpr int web = 19101;
constexpr std::size_t much = std::size_t{512} << 20U;
constexpr int requests = 10'000;
constexpr int at_a_time = 64;
constexpr int idle = 1000;

microseconds timed(const std::function<void()>& work) {
  const auto began = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - began);
}

void take_much(int port) {
  const auto socket = net::connect_tcp(port);
  std::vector<char> buffer(std::size_t{1} << 20U);
  std::size_t got = 0;
  for (;;) {
    const auto size = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
    if (size <= 0) break;
    got += static_cast<std::size_t>(size);
  }
  if (got != much) throw std::runtime_error("only " + std::to_string(got) + " bytes came");
}

/// False: no answer, or not the whole one.
bool ask(int port) {
  const auto socket = net::connect_tcp(port);
  if (!socket) return false;
  net::send_all(socket, "GET / HTTP/1.0\r\n\r\n");
  return net::receive_all(socket).ends_with("ok\n");
}

void ask_often(int port) {
  std::atomic<int> left{requests};
  std::atomic<int> failed{0};
  std::vector<std::jthread> threads;
  for (int i = 0; i < at_a_time; ++i) {
    threads.emplace_back([&] {
      while (--left >= 0) failed += ask(port) ? 0 : 1;
    });
  }
  threads.clear();
  if (failed > 0) throw std::runtime_error(std::to_string(failed) + " requests failed");
}

struct Ends {
  int forward_stream;
  int forward_web;
};

int forward(World& world, const std::string& folder, int port) {
  const auto result = world.must({world.fairlead, "forward", "--background", "--json",
                                  "--workspace-folder", folder, std::to_string(port) + ":0"});
  return std::stoi(test::json_at(result.out, "/localPort"));
}

std::string container(World& world) {
  const auto folder = world.workspace("ports");
  test::write_file(folder / ".devcontainer/devcontainer.json",
                   R"({"image": ")" + std::string(test::base_image) + R"(", "appPort": [)" +
                       std::to_string(streaming) + ", " + std::to_string(web) + "]}\n");
  world.must({world.devcontainer, "up", "--workspace-folder", folder});
  const auto servers =
      "mkdir -p /www; echo ok > /www/index.html; httpd -p 0.0.0.0:" + std::to_string(web) +
      " -h /www; nc -ll -p " + std::to_string(streaming) +
      " -e dd if=/dev/zero bs=1048576 count=512 >/dev/null 2>&1 </dev/null & true";
  world.must({world.devcontainer, "exec", "--workspace-folder", folder, "sh", "-c", servers});
  return folder;
}

/// Ours is to be quicker than theirs divided by `least`.
Figure throughput(const std::string& name, Series& ours, Series& theirs, double least) {
  return ratio(name, "published port", ours, theirs, 1.0 / least);
}

/// User's and system's time of a process, in ticks of the clock.
long long ticks_of(const std::string& pid) {
  const auto text = test::read_file("/proc/" + pid + "/stat");
  std::istringstream words(text.substr(std::min(text.rfind(')') + 2, text.size())));
  std::string word;
  for (int i = 0; i < 11; ++i) words >> word;
  long long user = 0;
  long long system = 0;
  words >> user >> system;
  return user + system;
}

/// The relays in a container, as this machine numbers them.
std::vector<std::string> relays_in(const std::string& container) {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (test::read_file(entry.path() / "cgroup").find(container) == std::string::npos) continue;
    if (test::read_file(entry.path() / "cmdline").find("relay-") != std::string::npos)
      found.push_back(name);
  }
  return found;
}

long resident_kib(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmRSS:")) return std::stol(line.substr(6));
  }
  return 0;
}

Figure idle_memory(World& world, int port) {
  std::vector<UniqueFd> sockets;
  for (int i = 0; i < idle; ++i) sockets.push_back(net::connect_tcp(port));
  std::string pid;
  std::ifstream(world.run().below("run") / "fairlead/server.lock") >> pid;
  Figure figure;
  figure.operation = "1,000 idle connections";
  figure.what = "resident";
  figure.value = static_cast<double>(resident_kib(pid)) / 1024;
  figure.limit = 30;
  figure.unit = "MiB";
  return figure;
}

/// The whole process, through the relay that the background process keeps.
Figure resident_exec(World& world, const std::string& folder) {
  const auto up = world.must(
      {world.fairlead, "up", "--json", "--workspace-folder", folder, "--set", "exec_via=relay"});
  const auto id = World::container_of(up);
  const std::vector<std::string> inside = {world.fairlead, "exec", "--workspace-folder", folder,
                                           "--"};
  auto ask = inside;
  ask.insert(ask.end(), {"sh", "-c", "tr '\\0' ' ' </proc/$PPID/cmdline"});
  const bool resident = test::wait_until(std::chrono::seconds(30), [&] {
    return world.must(ask).out.find("lent") != std::string::npos;
  });
  if (!resident) throw std::runtime_error("no relay is kept");
  auto words = inside;
  words.emplace_back("true");
  Series ours{"ours", [&] { return world.must(words).duration; }, {}};
  Series theirs{"theirs",
                [&] {
                  return world.must({world.docker, "exec", id, "true"}).duration;
                },
                {}};
  interleave({&ours, &theirs}, rounds * 3);
  return ratio("exec true, relay resident", "docker exec", ours, theirs, 0.25);
}

/// The whole process, by a relay that is started for it.
Figure plain_exec(World& world, const std::string& folder) {
  const auto id = World::container_of(
      world.must({world.fairlead, "up", "--json", "--workspace-folder", folder}));
  world.must({world.fairlead, "background", "--stop"});
  Series ours{"ours",
              [&] {
                return world
                    .must({world.fairlead, "exec", "--workspace-folder", folder, "--", "true"})
                    .duration;
              },
              {}};
  Series theirs{"theirs",
                [&] {
                  return world.must({world.docker, "exec", id, "true"}).duration;
                },
                {}};
  interleave({&ours, &theirs}, rounds * 3);
  return ratio("exec true, no relay resident", "docker exec", ours, theirs, 1.1);
}

/// From the next command after the background process was killed until its forwards answer again.
Figure comeback(World& world, int port) {
  std::string pid;
  std::ifstream(world.run().below("run") / "fairlead/server.lock") >> pid;
  ::kill(std::stoi(pid), SIGKILL);
  const auto took = timed([&] {
    world.must({world.fairlead, "ports"});
    test::wait_until(std::chrono::seconds(30), [&] { return ask(port); });
  });
  Figure figure;
  figure.operation = "forwards after SIGKILL and the next command";
  figure.what = "until they answer";
  figure.value = static_cast<double>(took.count()) / 1000;
  figure.limit = 2000;
  figure.unit = "ms";
  return figure;
}

/// What the background process and the relay inside use while nothing happens.
Figure idle_load(World& world, const std::string& container) {
  auto processes = relays_in(container);
  if (processes.empty()) throw std::runtime_error("no relay watches");
  std::ifstream(world.run().below("run") / "fairlead/server.lock") >> processes.emplace_back();
  const auto used = [&processes] {
    long long ticks = 0;
    for (const auto& process : processes) ticks += ticks_of(process);
    return ticks;
  };
  constexpr std::chrono::seconds settled{3};  // what `up` began has come to its end by then
  constexpr std::chrono::seconds watched{30};
  std::this_thread::sleep_for(settled);
  const auto before = used();
  std::this_thread::sleep_for(watched);
  Figure figure;
  figure.operation = "an idle environment that is watched";
  figure.what = "of a processor";
  figure.value = 100.0 * static_cast<double>(used() - before) /
                 static_cast<double>(::sysconf(_SC_CLK_TCK)) / static_cast<double>(watched.count());
  figure.limit = 0.2;
  figure.unit = "%";
  for (const auto& process : processes)
    figure.detail += (figure.detail.empty() ? "" : ", ") + std::to_string(ticks_of(process));
  figure.detail += " ticks of each in its life";
  return figure;
}

}  // namespace

std::vector<Figure> ports_figures(World& world) {
  std::vector<Figure> figures;
  const auto folder = container(world);
  const Ends ends{forward(world, folder, streaming), forward(world, folder, web)};
  const auto series = [](const char* name, const std::function<void()>& work) {
    return Series{name, [work] { return timed(work); }, {}};
  };
  test::wait_until(std::chrono::seconds(30), [&] { return ask(web) && ask(ends.forward_web); });
  auto ours = series("ours", [&] { take_much(ends.forward_stream); });
  auto theirs = series("theirs", [] { take_much(streaming); });
  interleave({&ours, &theirs}, rounds);
  figures.push_back(throughput("512 MiB through a forward, direct", ours, theirs, 0.95));

  auto our_start = series("ours", [&] { ask(ends.forward_web); });
  auto their_start = series("theirs", [] { ask(web); });
  interleave({&our_start, &their_start}, rounds * 10);
  figures.push_back(ratio("one request, direct", "published port", our_start, their_start, 1.3));

  auto our_many = series("ours", [&] { ask_often(ends.forward_web); });
  auto their_many = series("theirs", [] { ask_often(web); });
  interleave({&our_many, &their_many}, 3);
  figures.push_back(throughput("10,000 requests, 64 at a time", our_many, their_many, 0.7));
  figures.push_back(idle_memory(world, ends.forward_web));
  figures.push_back(comeback(world, ends.forward_web));
  figures.push_back(resident_exec(world, folder));
  const auto up = world.must({world.fairlead, "up", "--json", "--workspace-folder", folder, "--set",
                              "port_detection=always"});
  figures.push_back(idle_load(world, test::json_at(up.out, "/containerId")));
  figures.push_back(plain_exec(world, folder));
  return figures;
}

}  // namespace fairlead::bench
