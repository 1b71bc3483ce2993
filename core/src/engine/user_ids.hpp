#pragma once

#include "engine/image.hpp"
#include "engine/system_setup.hpp"

#include <optional>

namespace fairlead {

/// The user whose ids in the image are to become those of the user at the backend's host.
struct IdUpdate {
  std::string image_name;  ///< of the image that is made
  std::string remote_user;
  std::string image_user;  ///< USER of the image, kept
};

/// Who gets other ids, if anybody: not root and not a user given by number. `folder_image` is the
/// workspace's own image name. Pure. USER-007..009.
std::optional<IdUpdate> planned_id_update(const MergedConfig& merged,
                                          const std::vector<std::string>& run_args,
                                          const ImageResult& image, const std::string& folder_image,
                                          UpdateRemoteUserId standard);

/// The user that `-u`, `--user` among the words of "docker run" name; empty: none. USER-004.
std::string user_of_run_args(const std::vector<std::string>& run_args);

/// The Dockerfile that gives REMOTE_USER the ids NEW_UID and NEW_GID. It leaves everything as it is
/// when the user is not in /etc/passwd, has the ids already, or the uid is another user's; it keeps
/// the gid when that is another group's (edge case 61). Needs nothing but a shell and chown.
std::string id_update_dockerfile();

/// Makes the image, unless one with the same content is there, and puts it into `image`. Says why
/// when there is nothing to be done that somebody may expect. Returns the ids to look for in the
/// container, if they were to change.
std::optional<WantedIds> update_user_ids(Core& core, const Workspace& workspace,
                                         const MergedConfig& merged, UpdateRemoteUserId standard,
                                         const std::shared_ptr<Backend>& backend,
                                         const ProbeReply& probe, ImageResult& image,
                                         std::stop_token stop);

}  // namespace fairlead
