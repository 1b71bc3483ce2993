#include "served.hpp"

#include "support/json.hpp"

#include <fairlead/unique_fd.hpp>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace fairlead::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int environments = 50;
constexpr int lists = 40;
constexpr int streams = 5;
constexpr const char* gibibyte = "1073741824";

microseconds since(Clock::time_point began) {
  return std::chrono::duration_cast<microseconds>(Clock::now() - began);
}

/// A client of the protocol, one request after the other.
class Client {
 public:
  explicit Client(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("nobody answers at " + path);
  }

  /// The whole answer; notifications before it are passed over.
  std::string ask(const std::string& method, const std::string& params) {
    const auto id = std::to_string(++last_);
    const auto body = R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":")" + method +
                      R"(","params":)" + params + '}';
    const auto text = "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    if (::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL) < 0)
      throw std::runtime_error("the server is gone");
    for (;;) {
      auto message = next();
      if (message.starts_with(R"({"jsonrpc":"2.0","id":)" + id + ',')) return message;
    }
  }

 private:
  std::string next() {
    constexpr std::string_view header_end = "\r\n\r\n";
    for (;;) {
      const auto end = buffer_.find(header_end);
      if (end != std::string::npos) {
        const auto length = std::stoul(buffer_.substr(buffer_.find(':') + 1));
        const auto begin = end + header_end.size();
        if (buffer_.size() >= begin + length) {
          auto message = buffer_.substr(begin, length);
          buffer_.erase(0, begin + length);
          return message;
        }
      }
      std::array<char, 65536> piece{};
      const auto got = ::read(fd_.get(), piece.data(), piece.size());
      if (got <= 0) throw std::runtime_error("the server hung up");
      buffer_.append(piece.data(), static_cast<std::size_t>(got));
    }
  }

  UniqueFd fd_;
  std::string buffer_;
  int last_ = 0;
};

/// Containers that were made and do not run: `list` shows them all the same.
class Environments {
 public:
  explicit Environments(World& world) : world_(world) {
    for (int i = 0; i < environments; ++i) {
      const auto answer =
          world_.engine().request("POST", "/containers/create",
                                  R"({"Image":"fairlead-test/busybox","Cmd":["true"],"Labels":{)"
                                  R"("devcontainer.local_folder":"/bench/)" +
                                      world_.id() + '-' + std::to_string(i) + R"("}})");
      ids_.push_back(test::json_at(answer, "/Id"));
    }
  }
  ~Environments() {
    for (const auto& id : ids_) world_.engine().remove_container(id);
  }
  Environments(const Environments&) = delete;
  Environments& operator=(const Environments&) = delete;

 private:
  World& world_;
  std::vector<std::string> ids_;
};

/// What the engine itself takes for what a list asks of it, and the server for the whole.
Figure many_environments(World& world, const std::string& socket) {
  const Environments made(world);
  Client client(socket);
  std::string variables;
  for (const auto& [name, value] : world.run().environment()) {
    if (name.starts_with("FAIRLEAD_TEST_")) continue;  // nobody's own variables are like these
    variables +=
        (variables.empty() ? "" : ",") + test::json_quote(name) + ':' + test::json_quote(value);
  }
  client.ask("initialize", R"({"log":"off","environment":{)" + variables + "}}");
  Series ours{"server",
              [&] {
                const auto began = Clock::now();
                client.ask("list", R"({"all":true,"backend":"docker"})");
                return since(began);
              },
              {}};
  Series engine{"engine",
                [&] {
                  const auto began = Clock::now();
                  world.engine().request("GET", "/version");
                  world.engine().request("GET", "/containers/json?all=1");
                  return since(began);
                },
                {}};
  client.ask("list", R"({"all":true,"backend":"docker"})");
  interleave({&ours, &engine}, lists);
  const auto above = static_cast<double>((ours.median() - engine.median()).count()) / 1000;
  const auto least = static_cast<double>((ours.minimum() - engine.minimum()).count()) / 1000;
  return {.operation = "server, list",
          .what = std::to_string(environments) + " environments, above the engine's time",
          .value = least,
          .median = above,
          .limit = 5,
          .unit = "ms",
          .detail = "median " + std::to_string(above) + " ms; engine " +
                    std::to_string(engine.minimum().count()) + " us",
          .missing = {}};
}

Figure stream(World& world) {
  const auto project = world.workspace("stream");
  world.must({world.fairlead, "up", "--workspace-folder", project});
  const auto through = [&](const std::string& how) {
    return std::vector<std::string>{"/bin/sh", "-c",
                                    "exec '" + world.fairlead + "' " + how +
                                        " exec --workspace-folder '" + project.string() +
                                        "' -- head -c " + gibibyte + " /dev/zero >/dev/null"};
  };
  const auto series = [&](const char* name, const std::string& how) {
    return Series{name, [&world, argv = through(how)] { return world.must(argv).duration; }, {}};
  };
  auto served = series("through the server", "--server");
  auto direct = series("direct", "");
  interleave({&served, &direct}, streams);
  return ratio("server, stream", "1 GiB of exec, time / direct", served, direct, 1 / 0.9);
}

}  // namespace

std::vector<Figure> served_figures(World& world) {
  auto socket = world.must({world.fairlead, "serve", "--socket"}).out;
  socket.erase(socket.find_last_not_of('\n') + 1);
  std::vector<Figure> figures;
  figures.push_back(many_environments(world, socket));
  figures.push_back(stream(world));
  world.must({world.fairlead, "background", "--stop"});
  return figures;
}

}  // namespace fairlead::bench
