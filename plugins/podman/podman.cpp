#include "build_command.hpp"
#include "checks.hpp"
#include "create_command.hpp"
#include "settings.hpp"

#include <fairlead/engine/backend.hpp>
#include <fairlead/engine/command.hpp>
#include <fairlead/engine/podman_user_namespace.hpp>
#include <fairlead/engine/text.hpp>
#include <fairlead/error.hpp>
#include <fairlead/sdk/plugin.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <optional>

namespace fairlead::podman {
namespace {

constexpr auto info_target = "/v4.0.0/libpod/info";

/// Runs a function and says what Podman's complaint means, where it is known. Beside what the
/// engine itself lacks, only some faults show as late as when an image is pulled or built.
template <class Function>
auto explained(const Function& function) {
  try {
    return function();
  } catch (const Error& error) {
    const auto known = engine::podman_complaint(error.message());
    const bool is_of_engine = error.code().starts_with("engine.");
    const bool machine = is_of_engine || engine::blames_the_machine(error.message());
    if (known.code().starts_with("podman.") && machine) throw known;
    throw;
  }
}

/// Podman's own words about what is wrong; advice may follow them.
std::string complaint_in(const std::string& output) {
  const auto start = output.rfind("Error: ");
  if (start == std::string::npos) return engine::last_line(output);
  return output.substr(start + 7, output.find('\n', start) - start - 7);
}

/// Podman knows GPUs by CDI: files of any name, of two kinds, that say what they are for.
bool describes_gpus(const std::filesystem::directory_entry& file) {
  std::error_code gone;
  const auto kind = file.path().extension();
  if ((kind != ".json" && kind != ".yaml") || !file.is_regular_file(gone)) return false;
  std::ifstream in(file.path());
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return text.find(gpu_kind) != std::string::npos;
}

bool has_gpus() {
  for (const char* folder : {"/etc/cdi", "/var/run/cdi"}) {
    std::error_code error;
    for (std::filesystem::directory_iterator file(folder, error), end; !error && file != end;
         file.increment(error)) {
      if (describes_gpus(*file)) return true;
    }
  }
  return false;
}

bool says_a_label(const std::vector<std::string>& options) {
  return std::ranges::any_of(options,
                             [](const std::string& option) { return option.starts_with("label"); });
}

}  // namespace

/// Podman by its Docker-compatible API, and by its command for what that cannot say. Both are the
/// host's, so it may be another machine's Podman.
class PodmanBackend final : public engine::EngineBackend {
 public:
  using EngineBackend::EngineBackend;

  void configure(const ConfigureRequest& request) override {
    settings_ = settings_from(request.settings);
    service_ = std::make_unique<engine::PodmanService>(core(), request, settings_.service);
    connect(
        request, {}, service_->endpoint(),
        [this](const engine::Endpoint&, const sdk::Call& call) { return service_->dial(call); });
  }

  ProbeReply probe(const ProbeRequest& request, sdk::Call& call) override {
    auto reply = explained([&] { return answer(request, call); });
    reply.gpu_runtime = request.gpu && reply.local && has_gpus();
    reply.engine = "Podman";
    reply.endpoint = service_->address();
    reply.builder = "podman";
    reply.buildkit = true;
    reply.build_contexts = true;
    return reply;
  }

  ChecksReply checks(const ChecksRequest& request, sdk::Call& call) override {
    auto reply = EngineBackend::checks(request, call);
    const auto more = podman_checks(client().send({{.target = info_target}, {}}, call).body,
                                    {service_->address(), service_->is_own()});
    reply.checks.insert(reply.checks.end(), more.begin(), more.end());
    return reply;
  }

  CreateReply create(const CreateRequest& wanted, sdk::Call& call) override {
    const auto request = adapted(wanted, call);
    return explained([&] {
      if (request.gpu) return create_by_command(request, call);
      try {
        return EngineBackend::create(request, call);
      } catch (const Error& error) {
        // Words that docker does not know may still be Podman's.
        if (error.code() != "backend.run_args" || error.status() != Status::invalid) throw;
        return create_by_command(request, call);
      }
    });
  }

  StartReply start(const StartRequest& request, sdk::Call& call) override {
    return explained([&] { return EngineBackend::start(request, call); });
  }

  Empty pull_image(const PullImageRequest& request, sdk::Call& call) override {
    return explained([&] { return EngineBackend::pull_image(request, call); });
  }

  BuildImageReply build_image(const BuildImageRequest& request, sdk::Call& call) override {
    return explained([&] {
      if (needs_command(request)) return build_by_command(request, call);
      auto reply = EngineBackend::build_image(request, call);
      reply.builder = "podman";
      return reply;
    });
  }

 protected:
  std::string choose_builder(const sdk::Call& /*call*/) override { return "classic"; }
  /// The network of a rootless container is not this machine's.
  bool reaches_containers(const sdk::Call& call) override {
    return EngineBackend::reaches_containers(call) && !rootless(call);
  }

 private:
  /// Its version takes Podman half a second to say; a host's own Podman has the host's
  /// architecture.
  ProbeReply answer(const ProbeRequest& request, sdk::Call& call) {
    if (request.builder || request.gpu || !is_local(call)) return EngineBackend::probe({}, call);
    client().send({{.target = "/_ping"}, {}}, call);
    ProbeReply reply{.os = "linux", .arch = core().host().describe(call).arch, .local = true};
    reply.capabilities = engine::what_engines_can();
    reply.capabilities.live_binds = true;
    return reply;
  }

  /// Asked of Podman itself only when nothing else tells: that takes it half a second.
  bool rootless(const sdk::Call& call) {
    const auto address = engine::podman_address(settings_.service, configuration().environment);
    if (address.empty()) return service_->is_rootless(call);
    const std::lock_guard lock(mutex_);
    if (!rootless_) rootless_ = is_somebodys(address, call);
    return *rootless_;
  }

  bool is_somebodys(const std::string& address, const sdk::Call& call) {
    struct stat socket {};
    const auto path = engine::parse_endpoint(address).socket;
    if (!path.empty() && is_local(call) && ::stat(path.c_str(), &socket) == 0) {
      return socket.st_uid != 0;
    }
    return is_rootless(client().send({{.target = info_target}, {}}, call).body);
  }

  CreateRequest adapted(CreateRequest request, sdk::Call& call) {
    if (!says_a_label(request.security_opt)) request.security_opt.emplace_back("label=disable");
    if (!rootless(call)) return request;
    const auto image_user = inspect_image({.image = request.image, .platform = {}}, call).user;
    const auto userns = engine::wanted_user_namespace(request, image_user, settings_.userns);
    if (userns.empty()) return request;
    request.run_args.insert(request.run_args.begin(), "--userns=" + userns);
    // With this mapping Podman would run the process as the user outside.
    if (request.user.empty()) request.user = image_user.empty() ? "root" : image_user;
    return request;
  }

  std::vector<std::string> podman() const {
    std::vector<std::string> words{settings_.service.podman_path};
    const auto address = engine::podman_address(settings_.service, configuration().environment);
    if (!address.empty()) words.insert(words.end(), {"--url", service_->address()});
    return words;
  }

  SpawnRequest command(std::vector<std::string> argv) const {
    return {.argv = std::move(argv),
            .env = configuration().environment,
            .working_directory = configuration().working_directory};
  }

  CreateReply create_by_command(const CreateRequest& request, sdk::Call& call) {
    const auto result =
        engine::run_command(core().host(), command(create_command(podman(), request)), call, {});
    if (result.exit_code == 0) return {engine::last_line(result.tail), {}};
    const auto complaint = complaint_in(result.tail);
    if (complaint.find("name is already in use") != std::string::npos ||
        complaint.find("already in use by") != std::string::npos) {
      throw Error(Status::conflict, "instance.name_taken", complaint,
                  "A container of this name exists: use it, rename it or remove it.");
    }
    throw Error(result.exit_code == 125 ? Status::invalid : Status::failed, "backend.run_args",
                "Podman refuses the container: " + complaint,
                "runArgs takes the flags of `podman run`, each word an element of the list.");
  }

  void run_build(std::vector<std::string> argv, sdk::Call& call) const {
    const auto result = engine::run_command(
        core().host(), command(std::move(argv)), call,
        [&](std::string_view bytes) { call.emit({.output = std::string(bytes)}); });
    if (result.exit_code == 0) return;
    throw Error(Status::failed, "image.build",
                "The image build failed (exit status " + std::to_string(result.exit_code) +
                    "): " + complaint_in(result.tail));
  }

  BuildImageReply build_by_command(const BuildImageRequest& request, sdk::Call& call) {
    run_build(build_command(podman(), request), call);
    if (request.push) {
      for (auto& words : push_commands(podman(), request)) run_build(std::move(words), call);
    }
    const bool stays_here = !request.push && request.output.empty() && !request.tags.empty();
    return {
        stays_here ? inspect_image({.image = request.tags.front(), .platform = {}}, call).id : "",
        "podman"};
  }

  Settings settings_;
  std::unique_ptr<engine::PodmanService> service_;
  std::mutex mutex_;  ///< of rootless_
  std::optional<bool> rootless_;
};

}  // namespace fairlead::podman

FAIRLEAD_PLUGIN(fairlead::podman::PodmanBackend, "fairlead.podman", "0.1.0");
