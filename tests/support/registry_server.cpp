#include "support/registry_server.hpp"

#include "support/files.hpp"
#include "support/web_server.hpp"

#include <unistd.h>

#include <atomic>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace fairlead::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* program = "/usr/bin/docker-registry";

void must_run(std::vector<std::string> argv, const fs::path& folder) {
  const auto result = run({.argv = std::move(argv),
                           .environment = {{"PATH", variable("PATH")}},
                           .directory = folder.string(),
                           .input = {}});
  if (result.exit_code != 0) throw std::runtime_error(result.text());
}

/// alice:s3cret, as htpasswd -B writes it.
constexpr const char* password_file =
    "alice:$2y$05$CzeTwekUbGQ3.WGCi/a13uufXxivV1fcBLEiS1ow5iViKdJzaynRO\n";

}  // namespace

bool RegistryServer::installed() { return ::access(program, X_OK) == 0; }

void RegistryServer::make_certificates() const {
  const std::string script =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out "
      "ca.crt -days 2 -subj /CN=test "
      "-addext basicConstraints=critical,CA:TRUE 2>/dev/null && "
      "openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=registry "
      "2>/dev/null && printf 'subjectAltName=DNS:registry.test,DNS:localhost,IP:127.0.0.1' >san && "
      "openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 "
      "-extfile san -out server.crt 2>/dev/null";
  must_run({"/bin/sh", "-c", script}, folder_);
}

std::string RegistryServer::configuration(RegistryGuard guard) const {
  std::ostringstream text;
  text << "version: 0.1\nlog: {level: error, accesslog: {disabled: false}}\n"
       << "storage: {filesystem: {rootdirectory: " << (folder_ / "data").string()
       << "}, delete: {enabled: true}}\n"
       << "http:\n  addr: 127.0.0.1:" << port_ << "\n  secret: x\n";
  if (guard == RegistryGuard::open) return text.str();
  text << "  relativeurls: true\n  tls: {certificate: " << (folder_ / "server.crt").string()
       << ", key: " << (folder_ / "server.key").string() << "}\nauth:\n";
  if (guard == RegistryGuard::password) {
    text << "  htpasswd: {realm: registry.test, path: " << (folder_ / "users").string() << "}\n";
  } else {
    text << "  token: {realm: \"https://127.0.0.1:" << token_port_
         << "/token\", service: registry.test, issuer: test, rootcertbundle: "
         << (folder_ / "ca.crt").string() << "}\n";
  }
  return text.str();
}

void RegistryServer::start_token_server(const TestRun& run) {
  token_port_ = free_port();
  token_server_ = std::make_unique<ChildProcess>(RunRequest{
      .argv = {"/usr/bin/python3", FAIRLEAD_SOURCE_DIR "/tests/support/registry/token_server.py",
               std::to_string(token_port_), folder_.string()},
      .environment = run.environment(),
      .directory = folder_.string(),
      .input = {},
      .timeout = milliseconds(120'000)});
  if (!token_server_->wait_for_output("ready", milliseconds(10'000))) {
    throw std::runtime_error("no token server: " + token_server_->err());
  }
}

RegistryServer::RegistryServer(const TestRun& run, RegistryGuard guard) {
  static std::atomic<int> counter{0};
  folder_ = run.below("registry" + std::to_string(++counter));
  fs::create_directories(folder_ / "data");
  port_ = free_port();
  name_ = (guard == RegistryGuard::open ? "localhost:" : "127.0.0.1:") + std::to_string(port_);
  if (guard != RegistryGuard::open) make_certificates();
  if (guard == RegistryGuard::password) write_file(folder_ / "users", password_file);
  if (guard == RegistryGuard::token) start_token_server(run);
  write_file(folder_ / "config.yml", configuration(guard));
  process_ = std::make_unique<ChildProcess>(
      // Into a file, because nobody reads a pipe while a test does something else.
      RunRequest{.argv = {"/bin/sh", "-c", "exec \"$0\" serve \"$1\" >\"$2\" 2>\"$2.err\"", program,
                          (folder_ / "config.yml").string(), (folder_ / "log").string()},
                 .environment = run.environment(),
                 .directory = folder_.string(),
                 .input = {},
                 .timeout = milliseconds(120'000)});
  const auto url = (guard == RegistryGuard::open ? "http://" : "https://") + name_ + "/";
  const auto up =
      test::run({.argv = {"/usr/bin/curl", "-sk", "--retry", "40", "--retry-connrefused",
                          "--retry-delay", "0", "--retry-max-time", "10", "-o", "/dev/null", url},
                 .environment = {{"PATH", variable("PATH")}},
                 .directory = folder_.string(),
                 .input = {}});
  if (up.exit_code != 0) throw std::runtime_error("no registry: " + process_->err() + up.text());
}

RegistryServer::~RegistryServer() = default;

std::vector<std::string> RegistryServer::requests(std::size_t count) {
  std::vector<std::string> lines;
  process_->wait_for(
      [&] {
        lines.clear();
        std::ifstream text(folder_ / "log");
        for (std::string line; std::getline(text, line);) {
          const auto begin = line.find(" /v2/");
          const auto quote = line.rfind('"', begin);
          if (begin == std::string::npos || quote == std::string::npos) continue;
          lines.push_back(line.substr(quote + 1, line.find(" HTTP/", begin) - quote - 1));
        }
        return count > 0 && lines.size() >= count;
      },
      milliseconds(count > 0 ? 2000 : 200));
  return lines;
}

}  // namespace fairlead::test
