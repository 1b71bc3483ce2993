#include "plugins/kit/subject.hpp"

#include "plugins/kit/raw_call.hpp"
#include "plugins/library.hpp"
#include "plugins/manifest.hpp"

#include <fairlead/error.hpp>
#include <fairlead/model_json.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <iterator>

extern char** environ;  // NOLINT: POSIX

namespace fairlead::kit {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

UniqueFd captured;

void silent_log(const fairlead_core* /*core*/, fairlead_level /*level*/, fairlead_str /*text*/) {}

std::string harmless_name(std::string_view interface) {
  if (interface == FAIRLEAD_BACKEND_V1) return "probe";
  if (interface == FAIRLEAD_HOST_V1) return "describe";
  return interface == FAIRLEAD_FEATURES_V1 ? "plan" : "detect";
}

std::string harmless_request(std::string_view interface) {
  if (interface == FAIRLEAD_FEATURES_V1) {
    return R"({"config":"{\"image\":\"none\"}","config_folder":"/","workspace_folder":"/"})";
  }
  return interface == FAIRLEAD_PORTS_V1 ? R"({"id":"none"})" : "{}";
}

}  // namespace

PluginManifest manifest_of(const Setup& setup) {
  const fs::path library(setup.library);
  return read_manifest((library.parent_path() / library.stem()).string() + ".plugin.toml");
}

ConfigureRequest settings_of(const Setup& setup) {
  ConfigureRequest request;
  request.settings = setup.settings;
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string_view pair(*each);
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos) {
      request.environment[std::string(pair.substr(0, equals))] = pair.substr(equals + 1);
    }
  }
  request.working_directory = fs::current_path().string();
  return request;
}

Subject::Subject(const Setup& setup) : services_(local_host(), nullptr) {
  try {
    entry_ = &load_library(setup.library);
  } catch (const Error& error) {
    throw Broken("it cannot be loaded: " + error.message());
  }
  core_ = {sizeof(fairlead_core), FAIRLEAD_ABI_MAJOR, FAIRLEAD_ABI_MINOR, 0, this, silent_log,
           &Subject::service};
  self_ = entry_->create(&core_);
  if (self_ == nullptr) throw Broken("its create function made nothing");
  RawCall configure(entry_->configure, self_, encode(settings_of(setup)));
  require(configure.ended_within(30s), "configure does not answer");
  require(configure.status() == FAIRLEAD_OK, "configure fails: " + configure.body());
  for (const auto& interface : interfaces()) {
    const void* table = entry_->table(interface.id);
    for (std::size_t i = 0; table != nullptr && i < interface.names.size(); ++i) {
      if (const auto op = operation_at(table, i)) {
        operations_.push_back({interface.id, interface.names[i], op});
      }
    }
  }
}

Subject::~Subject() {
  if (self_ != nullptr && !RawCall::runs_in(self_)) entry_->destroy(self_);
}

fairlead_service Subject::service(const fairlead_core* core, const char* id) {
  return static_cast<Subject*>(core->owner)->services_.find(id);
}

std::vector<Subject::Harmless> Subject::harmless() const {
  std::vector<Harmless> found;
  for (const auto& operation : operations_) {
    // A host that is far away has to be opened first, so it is asked only where one is given.
    if (operation.interface == FAIRLEAD_HOST_V1 || operation.interface == FAIRLEAD_PORTS_V1) {
      continue;
    }
    if (operation.name == harmless_name(operation.interface)) {
      found.push_back({operation, harmless_request(operation.interface)});
    }
  }
  if (found.empty())
    throw Skipped("none of its operations can be called without a host or instance");
  return found;
}

std::size_t open_descriptors() {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()));
}

void capture_output() {
  captured.reset(::memfd_create("printed", MFD_CLOEXEC));
  ::dup2(captured.get(), STDOUT_FILENO);
  ::dup2(captured.get(), STDERR_FILENO);
}

std::string printed() {
  std::string text(4096, '\0');
  const auto got = captured ? ::pread(captured.get(), text.data(), text.size(), 0) : 0;
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

}  // namespace fairlead::kit
