#pragma once

#include <fairlead/engine.hpp>
#include <fairlead/model/checks.hpp>

#include <stop_token>

/// The longer stories around an environment, told with the functions of engine.hpp. The same rules
/// hold: blocking, thread-safe, errors as Error, cancelled by the stop token.
namespace fairlead {

/// A whole job: bring up, run, remove.
struct JobRequest {
  UpRequest up;
  ExecOptions command;  ///< its selection is `up`'s
};

/// Brings the environment up, runs one command in it, and removes the container with its anonymous
/// volumes if this call made it, whether or not anything failed or was cancelled meanwhile; one
/// that was there before stays. Returns the command's exit status. Throws what `up` and `exec`
/// throw. VSC-011.
int run_job(Core& core, JobRequest request, std::stop_token stop);

/// An image of what onCreateCommand and updateContentCommand made (LIFE-018): brings the
/// environment up to there, keeps it under `request.snapshot_names`, and removes the container if
/// this call made it. Throws what `up` throws; "image.snapshot" when the backend keeps no images.
BuildResult prebuild(Core& core, UpRequest request, std::stop_token stop);

/// What runs on all backends, dev containers or not: what `attach` may choose from. VSC-007.
ListResult list_running(Core& core, std::stop_token stop);

struct InspectResult {
  EnvironmentInfo environment;  ///< detailed
  std::string remote_user;
  std::string remote_workspace_folder;
  std::string configuration;         ///< JSON text
  std::string merged_configuration;  ///< JSON text
};

/// Everything that is known of an environment, running or not. Throws "environment.not_found".
InspectResult inspect(Core& core, const Selection& selection, std::stop_token stop);

/// A copy between this machine and a running container.
struct CopyRequest {
  Selection selection;
  std::string inside;   ///< path in it; a relative one starts at the workspace folder
  std::string outside;  ///< path here, absolute; empty: a tar archive through `stream`
  bool into = false;    ///< from here into the container
  UniqueFd stream;
};

/// Copies a file or a folder with its modes and links as `docker cp` does: into a destination that
/// is a folder, else under its name; a source that ends with "/." means the folder's content.
/// What goes in belongs to root there, what comes out to the caller here. Throws "copy.source",
/// "copy.target", "copy.archive", "environment.not_found", "environment.not_running".
void copy(Core& core, CopyRequest request, std::stop_token stop);

/// Something of ours that nothing needs any more.
struct Leftover {
  enum class Kind { image, volume, state };
  Kind kind = Kind::image;
  std::string backend;           ///< of images and volumes
  std::string id;                ///< of images and volumes; else the path
  std::string name;              ///< for people
  std::int64_t size_bytes = -1;  ///< -1: unknown
};

struct Leftovers {
  std::vector<Leftover> items;
  std::vector<SilentBackend> silent;  ///< who was not asked
};

/// Images and volumes that we made and no container uses, what builds that were killed left in our
/// state, environments remembered of containers that are gone. The cache has functions of its own.
Leftovers find_leftovers(Core& core, std::stop_token stop);

/// Removes them; what came into use meanwhile stays. Returns those that are gone.
std::vector<Leftover> remove_leftovers(Core& core, const std::vector<Leftover>& items,
                                       std::stop_token stop);

/// One finding of `doctor`.
struct Finding {
  std::string subject;  ///< "plugins", a backend's name, "this machine"
  Check check;
};

/// Looks for what may keep environments from working, in stages that build on each other: plugins,
/// backends and what each knows of its engine, this machine (disk, git, ssh, registry). Nothing is
/// changed, and nothing takes longer than some seconds. `tell` gets each finding as it is made.
void doctor(Core& core, const std::function<void(const Finding&)>& tell, std::stop_token stop);

}  // namespace fairlead
