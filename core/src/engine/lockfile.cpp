#include "engine/lockfile.hpp"

#include "base/atomic_file.hpp"
#include "engine/remote_folder.hpp"
#include "features/lockfile.hpp"
#include "features/plan.hpp"

#include <nlohmann/json.hpp>

namespace fairlead {
namespace {

// The text as we would have written it; whatever is no JSON equals nothing.
std::string canonical(const std::string& text) {
  const auto json = nlohmann::ordered_json::parse(text, nullptr, false);
  return json.is_discarded() ? std::string() : json.dump(2) + '\n';
}

Error frozen_error(const char* code, const std::string& message, const std::string& file) {
  return Error(Status::conflict, code, message,
               "Run without --frozen-lockfile, or `fairlead upgrade`, and commit " + file + '.');
}

}  // namespace

LockfileUse lockfile_use(const Settings& settings) {
  const std::string& word = settings.text("lockfile");
  if (word == "write") return LockfileUse::keep;
  if (word == "frozen") return LockfileUse::frozen;
  if (word == "off") return LockfileUse::none;
  throw Error(Status::invalid, "settings.lockfile",
              "The setting 'lockfile' is \"" + word + "\"; it can be write, frozen or off.");
}

std::string read_lockfile(const Workspace& workspace) {
  return read_file_if_there(lockfile_path(workspace.document->config_file)).value_or("");
}

void keep_lockfile(const Core& core, const Workspace& workspace, const FeaturesPlanRequest& request,
                   const ResolvedList& features, LockfileUse use) {
  if (use == LockfileUse::none) return;
  const bool frozen = use == LockfileUse::frozen;
  const std::string text =
      lockfile_text(lock_features(features, additional_only(request), request.drop_in));
  const std::string file = lockfile_path(workspace.document->config_file);
  const auto there = read_file_if_there(file);
  const bool nothing_locked = text == lockfile_text({});
  if (!there && nothing_locked && core.mode() == Mode::fairlead) return;
  if (!there && frozen) {
    throw frozen_error("lockfile.missing", "Lockfile does not exist.", file);
  }
  if (there && canonical(*there) == text) return;
  if (frozen) throw frozen_error("lockfile.mismatch", "Lockfile does not match.", file);
  write_workspace_file(workspace, file, text);
}

void write_workspace_file(const Workspace& workspace, const std::string& file,
                          const std::string& text) {
  const auto* remote = workspace.remote.get();
  if (remote != nullptr) remote->put(remote->there(file), text, {});
  write_file(file, text);
}

}  // namespace fairlead
