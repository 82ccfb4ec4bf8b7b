# Sends a painted plate, or rebuilds it, in Natron without its window:
#
#   STEP=send BACKGROUND=/shot/bg.####.exr PAINTED=/shot/painted.####.exr \
#       DIFFERENCE=/sent/difference.####.exr RESIDUAL=/sent/residual.####.exr FRAMES=1001-1100 \
#       NatronRenderer transfer.py
#
# STEP=restore rebuilds PAINTED from the other three with the node Plus, STEP=restore_stock with two
# Merges and no plug-in of ours. Paths are absolute.
import os


def setting(name):
    value = os.environ.get(name)
    if not value:
        raise SystemExit(name + " is not set: see the first lines of transfer.py")
    return value


def param(made, name):
    found = made.getParam(name)
    if found is None:
        raise SystemExit(made.getScriptName() + " has no parameter " + name)
    return found


def node(plugin, name, params, *inputs):
    """A node whose first inputs are these nodes, in their order."""
    made = app.createNode(plugin)
    if made is None:
        raise SystemExit("there is no plug-in " + plugin)
    made.setScriptName(name)
    for key, value in params.items():
        param(made, key).setValue(value)
    for index, source in enumerate(inputs):
        if not made.connectInput(index, source):
            raise SystemExit(name + " does not take " + source.getScriptName())
    return made


def raw(made):
    """Samples as they are in the file: the colour space that comes in goes out."""
    param(made, "ocioOutputSpace").setValue(param(made, "ocioInputSpace").getValue())
    return made


def read(name):
    made = app.createReader(setting(name))
    made.setScriptName(name.capitalize())
    return raw(made)


def write(name, source, bits):
    made = app.createWriter(setting(name))
    made.setScriptName("Write" + name.capitalize())
    made.connectInput(0, source)
    # The size of what comes in, not the project's.
    param(made, "formatType").setValue(0)
    param(made, "bitDepth").setValue(bits)
    param(made, "compression").setValue("zip")
    first, last = (int(frame) for frame in setting("FRAMES").split("-"))
    param(made, "frameRange").setValue(2)
    param(made, "firstFrame").setValue(first)
    param(made, "lastFrame").setValue(last)
    return raw(made)


def send():
    plates = read("BACKGROUND"), read("PAINTED")
    exact = {"output": "Difference", "finite": True, "processA": True}
    write("DIFFERENCE", node("org.deltaplate.min", "MinDifference", exact, *plates), "32f")
    rest = {"output": "Residual", "processA": True}
    write("RESIDUAL", node("org.deltaplate.min", "MinResidual", rest, *plates), "32f")


def restore():
    images = read("BACKGROUND"), read("DIFFERENCE"), read("RESIDUAL")
    painted = node("org.deltaplate.plus", "Plus", {"processA": True}, *images)
    write("PAINTED", painted, os.environ.get("BITS", "16f"))


def restore_stock():
    painted = read("BACKGROUND")
    for name in "DIFFERENCE", "RESIDUAL":
        plus = {"operation": "plus"}
        merge = "net.sf.openfx.MergePlugin"
        painted = node(merge, "Plus" + name.capitalize(), plus, painted, read(name))
    write("PAINTED", painted, os.environ.get("BITS", "16f"))


# NatronRenderer then renders every Write node that there is.
{"send": send, "restore": restore, "restore_stock": restore_stock}[setting("STEP")]()
