#pragma once

#include <fairlead/model.hpp>
#include <fairlead/sdk/call.hpp>

namespace fairlead::sdk {

/// Resolves features and turns them into a build. Same rules as Backend.
class FeatureInstaller {
 public:
  virtual ~FeatureInstaller() = default;
  virtual void configure(const ConfigureRequest& request);
  /// The features of a configuration in install order, fetched.
  virtual FeaturesPlanReply plan(const FeaturesPlanRequest& request, Call& call) = 0;
  /// The build that puts them onto a base image.
  virtual FeaturesInstallReply install(const FeaturesInstallRequest& request, Call& call) = 0;
};

/// Finds and forwards ports of an instance. Same rules as Backend.
class PortForwarder {
 public:
  virtual ~PortForwarder() = default;
  virtual void configure(const ConfigureRequest& request);
  /// What listens inside; emits `started` with "address:port" per find until cancelled.
  virtual Empty detect(const PortsDetectRequest& request, Call& call);
  /// Emits `started` with "address:port" of the local end, then lasts until cancelled.
  virtual Empty forward(const PortsForwardRequest& request, Call& call) = 0;
};

}  // namespace fairlead::sdk
